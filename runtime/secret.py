"""Keeps passwords out of what people read: logs, reports, messages of errors.

Servers and libraries quote what they were given when they do not understand it, as libpq quotes a password with a
percent sign too many. So it is not enough never to print one.
"""

import os
from collections.abc import Iterable, Mapping
from functools import cache
from urllib.parse import parse_qsl, unquote

from runtime.settings import DEFAULTS

SHOWN = "***"
PASSWORDS = ("DBPASSWORD", "INSPECTOR_DBPASSWORD", "POSTGRES_PASSWORD", "PGPASSWORD")
URLS = ("DATABASE_URL", "NATS_URL")
SHORTEST = 4
"""Characters; what is shorter stands in other words by chance."""


def hide(text: str) -> str:
    """A text with `***` in place of each password that the environment has, but for those that everybody knows."""
    for secret in _secrets():
        text = text.replace(secret, SHOWN)
    return text


@cache
def _secrets() -> tuple[str, ...]:
    return tuple(sorted(find_secrets(os.environ), key=len, reverse=True))


def find_secrets(environ: Mapping[str, str]) -> set[str]:
    """The passwords among the settings, as they are written in messages: plain, quoted for a URL, and as Python's repr.

    What is a name as well is none: to hide that would be to hide what the message is about.
    """
    plain = {environ.get(name, "") for name in PASSWORDS}
    plain.update(secret.strip() for secret in environ.get("AUTH_SECRET", "").split(","))
    for url in ",".join(environ.get(name, "") for name in URLS).split(","):
        plain.update(_passwords(url))
    forms = plain | {unquote(secret) for secret in plain}
    forms |= {repr(secret)[1:-1] for secret in forms}
    names = {*DEFAULTS.values(), *(environ.get(name, "") for name in ("DBUSER", "DATABASE", "POSTGRES_USER"))}
    return {secret for secret in forms if len(secret) >= SHORTEST} - names


def _passwords(url: str) -> Iterable[str]:
    """The password before the host, or for NATS the token alone, and those among the parameters."""
    scheme, _, behind = url.partition("://")
    account, at, _ = behind.partition("?")[0].rpartition("@")
    if at:
        yield account.partition(":")[2] or (account if scheme in ("nats", "tls") else "")
    for name, value in parse_qsl(url.partition("?")[2]):
        if "password" in name:
            yield value
