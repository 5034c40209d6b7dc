"""`edgechat token`: what it prints lets in, and no more than was asked for."""

from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from harness.parts import Stack
from harness.people import People
from harness.tokens import OTHER_SECRET, SECRET, ask, denial, ec_key, jwk, rsa_key, write_key_set


def claims_of(shown: str) -> dict[str, Any]:
    """What stands in a token, unchecked."""
    claims: dict[str, Any] = jwt.decode(shown, options={"verify_signature": False})
    return claims


async def test_a_new_secret_and_a_token_of_it(stack: Stack, people: People, tmp_path: Path) -> None:
    """As docs/deploy.md shows it."""
    code, secret = await stack.ask("token", "--new-secret")
    assert (code, len(secret.strip()) >= 64) == (0, True)
    path = tmp_path / "auth.secret"
    path.write_text(secret)
    settings = {"AUTH_SECRET_FILE": str(path), "AUTH_AUDIENCE": "chat", "AUTH_ISSUER": "us"}
    gateway = await stack.start_gateway(**settings)
    options = ("--rooms", "1,2", "--no-comment", "--no-filter", "--no-preview", "--moderate", "--expires", "15m")
    code, shown = await stack.ask("token", "zoe", *options, **settings)
    shown = shown.strip()
    claims = claims_of(shown)
    assert (code, claims["exp"] - claims["iat"]) == (0, 900)
    rights = {"rooms": [1, 2], "comment": False, "filter": False, "preview": False, "moderate": True}
    assert claims.items() >= {"sub": "zoe", "aud": "chat", "iss": "us"}.items()
    assert {claim: value for claim, value in claims.items() if claim in rights} == rights
    user = await people.connect(gateway.port)
    assert "it allows 1, 2" in await denial(user, shown, 0)
    assert (await ask(user, shown, 2)).user == "zoe"
    await user.comment("no")
    assert "your token does not allow comments" in (await user.status("REJECTED_COMMENT")).reason


async def test_without_options_everything_is_allowed(stack: Stack) -> None:
    """The first secret signs, for an hour."""
    code, shown = await stack.ask("token", "zoe", AUTH_SECRET=f"{SECRET},{OTHER_SECRET}")
    claims = jwt.decode(shown.strip(), SECRET, algorithms=["HS256"])
    assert (code, set(claims), claims["exp"] - claims["iat"]) == (0, {"sub", "iat", "exp"}, 3600)


async def test_private_keys_sign_for_a_key_set(stack: Stack, people: People, tmp_path: Path) -> None:
    """RSA, EC and Ed25519, each by its own algorithm."""
    rsa, ec, edwards = rsa_key(), ec_key(), Ed25519PrivateKey.generate()
    public = jwt.algorithms.OKPAlgorithm.to_jwk(edwards.public_key(), as_dict=True)
    path = tmp_path / "jwks.json"
    write_key_set(path, jwk(rsa, "r"), jwk(ec, "e"), public | {"kid": "d"})
    gateway = await stack.start_gateway(AUTH_JWKS=str(path))
    for key, kid in ((rsa, "r"), (ec, "e"), (edwards, "d")):
        pem = tmp_path / f"{kid}.pem"
        pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        code, shown = await stack.ask("token", kid, "--key", str(pem), "--kid", kid)
        assert code == 0, shown
        assert (await ask(await people.connect(gateway.port), shown.strip())).user == kid


async def test_the_simulator_shows_a_token(stack: Stack, tmp_path: Path) -> None:
    """From a file."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    path = tmp_path / "zoe.token"
    path.write_text((await stack.ask("token", "zoe", AUTH_SECRET=SECRET))[1])
    arguments = ("-m", "clientsim.chatsimulator", "zoe", "--roomid", "1", "--port", str(gateway.port))
    await stack.run(*arguments, "--token-file", str(path)).until_said("joined   zoe")
    denied = stack.run(*arguments)
    assert await denied.wait() != 0
    assert "DENIED_AUTH: a token is needed to join" in denied.output


@pytest.mark.parametrize(
    ("arguments", "settings", "words"),
    [
        (["zoe"], {}, "set AUTH_SECRET or AUTH_SECRET_FILE to sign with a secret"),
        ([], {"AUTH_SECRET": SECRET}, "say for which NAME the token is to be"),
        (["zoe", "--expires", "soon"], {"AUTH_SECRET": SECRET}, "it must be a number and s, m, h or d"),
        (["zoe", "--rooms", "all"], {"AUTH_SECRET": SECRET}, "it must be numbers with commas between"),
        (["zoe", "--key", __file__], {}, "holds no private key in PEM"),
        (["zoe", "--key", "/nowhere"], {}, "No such file"),
        (["zoe"], {"AUTH_SECRET": "short"}, "secret 1 of 1 has 5 bytes"),
        (["zoe"], {"AUTH_SECRET_FILE": "/nowhere"}, "AUTH_SECRET_FILE: "),
    ],
)
async def test_what_cannot_be_made_is_said(
    stack: Stack, arguments: list[str], settings: dict[str, str], words: str
) -> None:
    """In one line, with what to do."""
    code, text = await stack.ask("token", *arguments, **settings)
    assert (code, words in text, text.count("\n")) == (1, True, 1), text
