"""Keys that tokens are checked with, out of secrets and out of JWK sets (RFC 7517).

Each key is for one algorithm, whatever a token says of itself: so a public key is never taken for a secret, and nothing
is taken unsigned (RFC 8725, sections 3.1 and 3.2). PyJWT is needed, and imported, for the keys of a set only.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from gateway.access.errors import KeysError
from runtime.access_settings import usable_secrets
from runtime.setting_values import SettingError

ALGORITHMS = {
    "RSA": ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    "P-256": ("ES256",),
    "P-384": ("ES384",),
    "P-521": ("ES512",),
    "Ed25519": ("EdDSA",),
}
"""What a key of a kind, or of a curve, may be for; without `alg` it is for the first."""
MIN_RSA_BITS = 2048
"""RFC 7518, section 3.3."""
MAX_KEYS = 32
"""Of a set, which bounds what a token without `kid` costs."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key, what it is for, and its `kid` if it has one."""

    algorithm: str
    value: Any = field(repr=False)
    key_id: str | None = None

    def fits(self, algorithm: object, key_id: object) -> bool:
        """Whether a token that says so of itself may have been signed with it."""
        return algorithm == self.algorithm and (key_id is None or self.key_id is None or key_id == self.key_id)


def secret_keys(secrets: tuple[str, ...]) -> tuple[Key, ...]:
    """The keys that secrets are."""
    return tuple(Key("HS256", secret) for secret in secrets)


def parse_secrets(data: bytes) -> tuple[Key, ...]:
    """The keys in a file of secrets, one on each line; raises KeysError."""
    try:
        return secret_keys(usable_secrets("the file", data.decode().splitlines()))
    except UnicodeDecodeError:
        raise KeysError("it is not UTF-8; write one secret on each line") from None
    except SettingError as error:
        raise KeysError(str(error)) from None


def parse_key_set(data: bytes) -> tuple[Key, ...]:
    """The keys of a JWK set that tokens can be checked with; raises KeysError if there are none.

    Others are passed over, as RFC 7517, section 5, has it: those for encryption, and kinds that are not known here.
    """
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError):
        raise KeysError("it is not JSON; a JWK set is expected") from None
    entries = parsed.get("keys") if isinstance(parsed, dict) else None
    if not isinstance(entries, list) or len(entries) > MAX_KEYS:
        raise KeysError(f'it is no JWK set, which is {{"keys": […]}} with at most {MAX_KEYS} keys')
    keys, problems = [], []
    for entry in entries:
        try:
            keys.append(_read_entry(entry))
        except KeysError as error:
            problems.append(str(error))
    if not keys:
        raise KeysError(f"it holds no key to check tokens with: {'; '.join(dict.fromkeys(problems)) or 'it is empty'}")
    return tuple(keys)


def _read_entry(entry: Any) -> Key:
    import jwt

    if not isinstance(entry, dict):
        raise KeysError("a key must be an object")
    kind = entry.get("kty")
    if kind == "oct":
        raise KeysError("secrets go into AUTH_SECRET_FILE, not into a JWK set")
    algorithms = ALGORITHMS.get(str(kind if kind == "RSA" else entry.get("crv")))
    if algorithms is None or entry.get("use", "sig") != "sig":
        raise KeysError("keys for signatures are of kty RSA, EC (P-256, P-384, P-521) or OKP (Ed25519)")
    algorithm, key_id = entry.get("alg", algorithms[0]), entry.get("kid")
    if algorithm not in algorithms:
        raise KeysError(f"alg of such a key must be one of {', '.join(algorithms)}")
    if not isinstance(key_id, str | None):
        raise KeysError("kid must be a text")
    # Of a private key only the public part is used, and only that should be here.
    public = {name: value for name, value in entry.items() if name in ("kty", "crv", "n", "e", "x", "y")}
    try:
        key = jwt.PyJWK(public, algorithm).key
    except Exception:
        # Their texts may hold the key, and which they are differs with the kind.
        raise KeysError(f"a key of kty {kind} cannot be read") from None
    if kind == "RSA" and key.key_size < MIN_RSA_BITS:
        raise KeysError(f"an RSA key has {key.key_size} bits; it must have at least {MIN_RSA_BITS}")
    return Key(algorithm, key, key_id)
