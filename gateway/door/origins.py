"""Which pages may connect: browsers send the origin of the page with each handshake, other programs send none.

Without a look at it (RFC 6455, section 10.2) every page that somebody opens anywhere could talk to a gateway that only
their browser can reach, such as one on their own machine.
"""

from collections.abc import Set
from urllib.parse import urlsplit

from runtime.limit_settings import ANY_ORIGIN, SAME_ORIGIN

DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


class Origins:
    """Those that are allowed: as ALLOWED_ORIGINS lists them, in small letters."""

    def __init__(self, allowed: Set[str]) -> None:
        self._allowed = allowed

    def allows(self, origin: str | None, host: str) -> bool:
        """Whether a page of this origin may connect to the host, which the client asked for; None is no page."""
        if origin is None or ANY_ORIGIN in self._allowed:
            return True
        origin = origin.strip().lower()
        return origin in self._allowed or (SAME_ORIGIN in self._allowed and is_of_host(origin, host))


def is_of_host(origin: str, host: str) -> bool:
    """Whether an origin, as `https://chat.example:8443`, is that of a host, as `chat.example:8443`.

    The host may lack the port, as some proxies pass it on. Schemes are not compared: whether there was TLS, only a
    proxy in front knows.
    """
    page = _split(origin)
    asked = _split(f"//{host.lower()}")
    if page is None or asked is None or page[1] != asked[1]:
        return False
    scheme, _, port = page
    return asked[2] is None or asked[2] == (port if port is not None else DEFAULT_PORTS.get(scheme))


def _split(url: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port; None if it has no host or cannot be read."""
    try:
        parts = urlsplit(url)
        return (parts.scheme, parts.hostname, parts.port) if parts.hostname else None
    except ValueError:
        return None
