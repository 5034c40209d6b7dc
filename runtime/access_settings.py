"""Who may come in (docs/protocol.md): the settings that ask for tokens. Without them all may, as in the original."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from runtime.setting_values import SettingError

MIN_SECRET_BYTES = 32
"""As many as HS256's hash has (RFC 7518, section 3.2): a shorter secret can be found out from one token."""
KEY_SETTINGS = ("AUTH_SECRET", "AUTH_SECRET_FILE", "AUTH_JWKS")


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """Where the keys are that tokens must be signed with, and whom tokens must be for and from.

    `secrets` stand in the environment, those of `secret_file` one on each line; `key_set` is the path or the http(s)
    URL of a JWK set (RFC 7517). Tokens signed with any of them are taken. None, or no secret, is what is not set.
    """

    secrets: tuple[str, ...] = field(default=(), repr=False)
    secret_file: str | None = None
    key_set: str | None = None
    audience: str | None = None
    issuer: str | None = None

    @property
    def asks_for_tokens(self) -> bool:
        """Whether a join needs a token."""
        return bool(self.secrets or self.secret_file or self.key_set)


def load_access(given: Mapping[str, str]) -> AccessSettings:
    """Read the settings from variables that are not empty; raises SettingError."""
    secrets = usable_secrets("AUTH_SECRET", given["AUTH_SECRET"].split(",")) if "AUTH_SECRET" in given else ()
    if not given.keys() & set(KEY_SETTINGS):
        for name in ("AUTH_AUDIENCE", "AUTH_ISSUER"):
            if name in given:
                raise SettingError(f"{name} is set, but no key, so nobody is asked for a token; set one of {_keys()}")
    if re.match(r"https?://[^/]*@", given.get("AUTH_JWKS", "")):
        # It would stand in logs, and a JWK set is no secret.
        raise SettingError("AUTH_JWKS has a login in its URL; it must be one that anybody may read")
    return AccessSettings(
        secrets=secrets,
        secret_file=given.get("AUTH_SECRET_FILE"),
        key_set=given.get("AUTH_JWKS"),
        audience=given.get("AUTH_AUDIENCE"),
        issuer=given.get("AUTH_ISSUER"),
    )


def usable_secrets(where: str, texts: Iterable[str]) -> tuple[str, ...]:
    """The secrets among texts, without blanks around them; raises SettingError, which shows none of them."""
    secrets = tuple(text.strip() for text in texts if text.strip())
    if not secrets:
        raise SettingError(f"{where} holds no secret; make one with: edgechat token --new-secret")
    for number, secret in enumerate(secrets, 1):
        size = len(secret.encode(errors="surrogateescape"))
        if size < MIN_SECRET_BYTES:
            raise SettingError(
                f"{where}: secret {number} of {len(secrets)} has {size} bytes; it must have at least "
                f"{MIN_SECRET_BYTES}; make one with: edgechat token --new-secret"
            )
    return secrets


def _keys() -> str:
    return ", ".join(KEY_SETTINGS)
