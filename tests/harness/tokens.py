"""Tokens and keys as an issuer makes them, and users who show them."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key

from harness.people import User
from proto.chatmessage_pb2 import JOIN_REQ, chatmessage

SECRET = "a-secret-of-the-tests-that-has-over-32-bytes"
OTHER_SECRET = "another-secret-of-the-tests-as-long-as-the-first"
LEEWAY = 30
"""Seconds for which an expired token is still taken (docs/protocol.md)."""
PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey


def token(
    sub: str = "zoe", /, key: Any = SECRET, algorithm: str = "HS256", kid: str | None = None, **claims: Any
) -> str:
    """A signed token for a minute; a claim that is None is left out."""
    everything = {"sub": sub, "exp": int(time.time()) + 60, **claims}
    kept = {claim: value for claim, value in everything.items() if value is not None}
    return jwt.encode(kept, key, algorithm, headers={"kid": kid} if kid else None)


def rsa_key(bits: int = 2048) -> RSAPrivateKey:
    """A new key for RS256."""
    return generate_rsa_key(65537, bits)


def ec_key() -> EllipticCurvePrivateKey:
    """A new key for ES256."""
    return generate_private_key(SECP256R1())


def jwk(key: PrivateKey, kid: str | None = None, **more: Any) -> dict[str, Any]:
    """A key's public part, as it stands in a JWK set."""
    if isinstance(key, RSAPrivateKey):
        public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        public = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return public | ({"kid": kid} if kid else {}) | more


def write_key_set(path: Path, *keys: dict[str, Any]) -> None:
    """Put a JWK set in the place of a file, as a whole."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps({"keys": keys}))
    new.replace(path)


async def ask(user: User, shown: str | None, room: int = 0, name: str | None = None, **fields: Any) -> chatmessage:
    """Send a JOIN_REQ with a token, or without; its answer, whatever it is."""
    await user.send(chatmessage(mtype=JOIN_REQ, user=name, roomid=room, auth_token=shown, **fields))
    return (await user.until(_is_answer))[-1]


def _is_answer(message: chatmessage) -> bool:
    return message.HasField("resume_token") or message.userstatus.startswith(("DENIED", "TOKENRENEWED"))


async def denial(user: User, shown: str | None, room: int = 0, name: str | None = None) -> str:
    """The reason for which a token does not let in."""
    answer = await ask(user, shown, room, name)
    assert answer.userstatus == "DENIED_AUTH", answer
    return answer.reason


async def until_let_in(user: User, shown: str, room: int = 0) -> None:
    """Try, once a second at most, until the service knows the token's key."""
    for _ in range(30):
        answer = await ask(user, shown, room)
        if answer.userstatus == "USERJOINED":
            return
        assert answer.userstatus == "DENIED_AUTH"
        await asyncio.sleep(1.1)
    raise AssertionError("never let in")
