"""Where a token is needed: whom it lets in, and what is said to the others."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from harness.parts import Stack
from harness.people import People
from harness.tokens import (
    LEEWAY,
    OTHER_SECRET,
    SECRET,
    ask,
    denial,
    ec_key,
    jwk,
    rsa_key,
    token,
    write_key_set,
)

WRONG_KEY = "the token is not signed with a key of this service"


def part(value: Any) -> str:
    """A part of a token that somebody makes by hand."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def test_a_token_lets_in_by_its_name(stack: Stack, people: People) -> None:
    """By `name`, else `sub`, whether the JOIN_REQ says it too or not."""
    gateway = await stack.start_gateway(AUTH_SECRET=f"{OTHER_SECRET},{SECRET}")
    for number, (shown, name) in enumerate(
        [(token("zoe"), "zoe"), (token("17", name="adam"), "adam"), (token("eve", OTHER_SECRET), "eve")]
    ):
        for said in (None, name):
            user = await people.connect(gateway.port)
            assert user.welcome.auth_required
            answer = await ask(user, shown, number, said)
            assert (answer.userstatus, answer.user, answer.roomid) == ("USERJOINED", name, number)
            await user.close()
            await people.until_empty(gateway.port, number)


async def test_whoever_has_no_good_token_is_told_why_and_may_try_again(stack: Stack, people: People) -> None:
    """Each with a reason, which tells of no key and no token; the connection stays open."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET, AUTH_AUDIENCE="chat", AUTH_ISSUER="us", NUM_CHATROOMS="3")
    good = {"aud": "chat", "iss": "us"}
    now = int(time.time())
    unsigned = f"{part({'alg': 'none', 'typ': 'JWT'})}.{part({'sub': 'zoe', 'exp': now + 60, **good})}."
    for shown, said in {
        None: "a token is needed to join; send it as `auth_token` in the JOIN_REQ",
        "nonsense": "this is no token",
        unsigned: WRONG_KEY,
        token(key=OTHER_SECRET, **good): WRONG_KEY,
        token(exp=now - LEEWAY - 1, **good): "the token has expired; get a new one",
        token(exp=None, **good): "the token has no `exp`",
        token(nbf=now + LEEWAY + 9, **good): "the token is not valid yet",
        token(aud="shop", iss="us"): "the token is for another service",
        token(iss="us"): "the token has no `aud`",
        token(aud="chat", iss="them"): "the token is of another issuer",
        token(rooms=[1, 2], **good): "the token does not allow room 0; it allows 1, 2",
        token(rooms="all", **good): "the token's `rooms` must be a list of room numbers",
        token(name="", **good): "the token names nobody",
        token(edgechat={"comment": 1}, **good): "the token's `comment` must be true or false",
        "x" * 7000: "the token has over 6144 bytes",
    }.items():
        user = await people.connect(gateway.port)
        reason = await denial(user, shown)
        assert reason.startswith(said), (said, reason)
        assert SECRET not in reason
        assert shown is None or shown not in reason
        assert (await ask(user, token(aud=["shop", "chat"], iss="us"))).userstatus == "USERJOINED"
        await user.close()
        await people.until_empty(gateway.port)


async def test_a_token_is_for_one_name(stack: Stack, people: People) -> None:
    """Nobody joins under another's, and a name that the service takes from nobody is none in a token either."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    user = await people.connect(gateway.port)
    assert "the token is for the name 'zoe'" in await denial(user, token(), name="adam")
    assert (await ask(user, token("x" * 65))).userstatus == "DENIED_BADNAME"
    assert (await ask(user, token("zoe"), 99)).userstatus == "DENIED_BADROOMID"
    assert (await ask(user, token("zoe"))).userstatus == "USERJOINED"


async def test_the_key_says_the_algorithm(stack: Stack, people: People, tmp_path: Path) -> None:
    """Tokens of RSA and EC keys are taken; one that is signed with the public key as if it were a secret is not."""
    rsa, ec, unknown = rsa_key(), ec_key(), rsa_key()
    path = tmp_path / "jwks.json"
    write_key_set(path, jwk(rsa, "one"), jwk(ec), {"kty": "RSA", "use": "enc"})
    gateway = await stack.start_gateway(AUTH_JWKS=str(path), AUTH_SECRET=SECRET)
    public = rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    # As an attacker would, the library refuses to: so the signature is made of the bytes.
    swapped = _signed_with(public, {"alg": "HS256", "kid": "one"})
    bare = _signed_with(json.dumps(jwk(rsa, "one")).encode(), {"alg": "HS256"})
    for shown in (
        swapped,
        bare,
        token(key=unknown, algorithm="RS256", kid="one"),
        token(key=unknown, algorithm="RS256"),
        token(key=rsa, algorithm="RS512", kid="one"),
        token(key=rsa, algorithm="RS256", kid="two"),
        token(key=rsa, algorithm="PS256"),
    ):
        assert await denial(await people.connect(gateway.port), shown) == WRONG_KEY
    for number, shown in enumerate(
        [
            token("one", rsa, "RS256", kid="one"),
            token("two", rsa, "RS256"),
            token("three", ec, "ES256", kid="any"),
            token("four"),
        ]
    ):
        assert (await ask(await people.connect(gateway.port), shown, number)).userstatus == "USERJOINED"


def _signed_with(key: bytes, header: dict[str, str]) -> str:
    text = f"{part(header)}.{part({'sub': 'zoe', 'exp': int(time.time()) + 60})}"
    signature = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.mark.parametrize("claims", [{"edgechat": {"comment": False, "filter": False, "preview": False}}, {}])
async def test_rights_may_stand_in_an_object(stack: Stack, people: People, claims: dict[str, Any]) -> None:
    """Then those beside it mean nothing; without one, all claims do."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    user = await people.connect(gateway.port)
    shown = token(comment=bool(claims), rooms=[1, 2], **claims)
    if claims:
        assert (await ask(user, shown, 3)).userstatus == "USERJOINED"
    else:
        assert "does not allow room 3" in await denial(user, shown, 3)
