"""`edgechat token`: tokens and secrets, for trying. Whoever knows the users makes the real ones."""

import argparse
import re
import secrets
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.access.errors import KeysError
from gateway.access.keys import parse_secrets
from runtime.access_settings import AccessSettings
from runtime.errors import StackError

SECRET_BYTES = 48
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}


def run(options: argparse.Namespace, settings: AccessSettings) -> str:
    """What the command prints: a new secret, or a token. Raises StackError."""
    if options.new_secret:
        return secrets.token_urlsafe(SECRET_BYTES)
    if not options.name:
        raise StackError("say for which NAME the token is to be; or --new-secret")
    key, algorithm = _private_key(options.key) if options.key else (_secret(settings), "HS256")
    headers = {"kid": options.kid} if options.kid else None
    return jwt.encode(_claims(options, settings), key, algorithm, headers=headers)


def _claims(options: argparse.Namespace, settings: AccessSettings) -> dict[str, Any]:
    """What `gateway/access/grant.py` reads; what is allowed anyway is left out."""
    now = int(time.time())
    claims: dict[str, Any] = {"sub": options.name, "iat": now, "exp": now + _seconds(options.expires)}
    if settings.audience:
        claims["aud"] = settings.audience
    if settings.issuer:
        claims["iss"] = settings.issuer
    if options.rooms:
        claims["rooms"] = _rooms(options.rooms)
    claims |= {right: False for right in ("comment", "filter", "preview") if getattr(options, f"no_{right}")}
    return claims | ({"moderate": True} if options.moderate else {})


def _secret(settings: AccessSettings) -> str:
    """The first one: it is the one that is signed with while others are going."""
    if settings.secrets:
        return settings.secrets[0]
    if settings.secret_file is None:
        raise StackError("set AUTH_SECRET or AUTH_SECRET_FILE to sign with a secret, or name a private key with --key")
    try:
        return str(parse_secrets(Path(settings.secret_file).read_bytes())[0].value)
    except (OSError, KeysError) as error:
        raise StackError(f"AUTH_SECRET_FILE: {error}") from None


def _private_key(path: str) -> tuple[Any, str]:
    """A key out of a PEM file, and the algorithm that it is for."""
    try:
        key = load_pem_private_key(Path(path).read_bytes(), None)
    except OSError as error:
        raise StackError(str(error)) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise StackError(f"{path} holds no private key in PEM without a password") from None
    match key:
        case RSAPrivateKey():
            return key, "RS256"
        case Ed25519PrivateKey():
            return key, "EdDSA"
        case EllipticCurvePrivateKey() if key.curve.name in CURVES:
            return key, CURVES[key.curve.name]
    raise StackError(f"{path} holds a key of another kind than RSA, EC (P-256, P-384, P-521) and Ed25519")


def _seconds(text: str) -> int:
    match = re.fullmatch(r"([0-9]{1,9})([smhd])", text)
    if match is None:
        raise StackError(f"--expires is {text!r}; it must be a number and s, m, h or d, as in 90s, 15m, 1h, 7d")
    return int(match[1]) * UNITS[match[2]]


def _rooms(text: str) -> list[int]:
    if not re.fullmatch(r"[0-9]{1,9}(,[0-9]{1,9})*", text):
        raise StackError(f"--rooms is {text!r}; it must be numbers with commas between, as in 1,2")
    return [int(number) for number in text.split(",")]
