"""Which settings, secrets and JWK sets are taken, and what is said of others."""

import json

import pytest

from gateway.access.errors import KeysError
from gateway.access.keys import parse_key_set, parse_secrets
from harness.tokens import OTHER_SECRET, SECRET, ec_key, jwk, rsa_key
from runtime.access_settings import AccessSettings, load_access
from runtime.setting_values import SettingError

OTHERS: tuple[object, ...] = ("none", "HS256", None, [], "RS512")


def test_nothing_set_asks_nobody() -> None:
    """As in the original."""
    assert load_access({}) == AccessSettings()
    assert not load_access({}).asks_for_tokens


def test_secrets_stand_with_commas_between() -> None:
    """With blanks or without; what is shown of the settings has none of them."""
    settings = load_access({"AUTH_SECRET": f" {SECRET}, {OTHER_SECRET},", "AUTH_AUDIENCE": "chat"})
    assert settings.secrets == (SECRET, OTHER_SECRET)
    assert settings.asks_for_tokens
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"AUTH_SECRET": "x" * 31}, "AUTH_SECRET: secret 1 of 1 has 31 bytes; it must have at least 32"),
        ({"AUTH_SECRET": f"{SECRET},short"}, "secret 2 of 2 has 5 bytes"),
        ({"AUTH_SECRET": " , "}, "AUTH_SECRET holds no secret"),
        ({"AUTH_AUDIENCE": "chat"}, "AUTH_AUDIENCE is set, but no key"),
        ({"AUTH_JWKS": "https://a:secret@issuer/keys"}, "AUTH_JWKS has a login in its URL"),
        ({"AUTH_ISSUER": "us"}, "AUTH_ISSUER is set, but no key"),
    ],
)
def test_a_setting_that_lets_in_whom_it_should_not_is_refused(given: dict[str, str], words: str) -> None:
    """With what is wrong and no secret."""
    with pytest.raises(SettingError, match=words) as error:
        load_access(given)
    assert "x" * 31 not in str(error.value)


def test_a_file_has_a_secret_on_each_line() -> None:
    """Empty lines mean nothing."""
    keys = parse_secrets(f"{SECRET}\r\n\n {OTHER_SECRET}\n".encode())
    assert [(key.value, key.algorithm) for key in keys] == [(SECRET, "HS256"), (OTHER_SECRET, "HS256")]
    assert SECRET not in repr(keys)
    for wrong in (b"", b"\n\n", b"short", b"\xff" * 40):
        with pytest.raises(KeysError):
            parse_secrets(wrong)


def test_each_key_is_for_one_algorithm() -> None:
    """By its kind, or what it says itself; others are passed over."""
    rsa, ec = rsa_key(), ec_key()
    entries = [jwk(rsa, "1"), jwk(rsa, "2", alg="PS512"), jwk(ec), jwk(rsa, "e", use="enc"), {"kty": "new"}]
    keys = parse_key_set(json.dumps({"keys": entries}).encode())
    assert [(key.algorithm, key.key_id) for key in keys] == [("RS256", "1"), ("PS512", "2"), ("ES256", None)]
    assert keys[0].fits("RS256", None)
    assert keys[2].fits("ES256", "any")
    assert not any(key.fits(algorithm, "1") for key in keys for algorithm in OTHERS)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (jwk(rsa_key(1024)), "an RSA key has 1024 bits; it must have at least 2048"),
        (jwk(rsa_key(), alg="HS256"), "alg of such a key must be one of RS256"),
        (jwk(ec_key(), alg="RS256"), "alg of such a key must be one of ES256"),
        (jwk(ec_key()) | {"x": "AAAA"}, "a key of kty EC cannot be read"),
        (jwk(ec_key()) | {"kid": 7}, "kid must be a text"),
        ({"kty": "oct", "k": "c2VjcmV0"}, "secrets go into AUTH_SECRET_FILE"),
        ({"kty": "EC", "crv": "secp256k1", "x": "", "y": ""}, "keys for signatures are of kty RSA"),
        ("key", "a key must be an object"),
        ({}, "keys for signatures are of kty RSA"),
    ],
)
def test_a_set_without_a_usable_key_is_refused(entry: object, words: str) -> None:
    """With what is wrong with the keys in it."""
    with pytest.raises(KeysError, match=words):
        parse_key_set(json.dumps({"keys": [entry]}).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no JSON",
        b"[]",
        b"{}",
        b'{"keys": {}}',
        b'{"keys": []}',
        b"[" * 100_000,
        b'{"keys": [%s 1]}' % (b"1," * 40),
    ],
)
def test_what_is_no_set_is_refused(data: bytes) -> None:
    """Whatever it is."""
    with pytest.raises(KeysError):
        parse_key_set(data)
