"""Where keys come from, read again and again while the gateway runs, beside serving clients."""

import time
import urllib.request
from collections.abc import Callable
from email.message import Message
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any

from gateway.access.errors import KeysError
from gateway.access.keys import Key, parse_key_set, parse_secrets
from runtime.access_settings import AccessSettings

MAX_SOURCE_BYTES = 256 * 1024
FILE_PAUSE = 1.0
"""Seconds between two looks at a file."""
URL_PAUSE = 300.0
"""Seconds between two looks at a URL; an identity provider shows a new key well before it signs with it."""
URL_SHORTEST_PAUSE = 10.0
"""Seconds before another look when a token names a key that is not known, or the last look failed."""
SILENT_SECONDS = 5.0
"""How long a URL may take to answer, or to go on."""
FETCH_SECONDS = 10.0
"""How long its whole answer may take."""


class Source:
    """One of the settings: the keys that it had when it was last read in full, which stay until it says otherwise."""

    def __init__(
        self,
        setting: str,
        read: Callable[[], bytes],
        parse: Callable[[bytes], tuple[Key, ...]],
        pause: float,
        shortest_pause: float,
    ) -> None:
        self.setting = setting
        self.pause = pause
        self.shortest_pause = shortest_pause
        self.keys: tuple[Key, ...] = ()
        self._read = read
        self._parse = parse
        self._data: bytes | None = None

    @property
    def is_file(self) -> bool:
        """Whether it can be asked to be there from the start."""
        return self.pause == FILE_PAUSE

    def load(self) -> bool:
        """Read it; whether it has changed. Takes a while; raises KeysError, and then the keys are those of before."""
        try:
            data = self._read()
            if data == self._data:
                return False
            if len(data) > MAX_SOURCE_BYTES:
                raise KeysError(f"it has over {MAX_SOURCE_BYTES} bytes")
            self.keys = self._parse(data)
        except (OSError, ValueError, HTTPException, KeysError) as error:
            raise KeysError(str(error)) from None
        self._data = data
        return True


def sources_of(settings: AccessSettings) -> list[Source]:
    """What the settings name beside the secrets in the environment."""
    sources = []
    if settings.secret_file is not None:
        sources.append(_file("AUTH_SECRET_FILE", settings.secret_file, parse_secrets))
    key_set = settings.key_set
    if key_set is not None and key_set.startswith(("http://", "https://")):
        url = key_set
        sources.append(Source("AUTH_JWKS", lambda: _fetch(url), parse_key_set, URL_PAUSE, URL_SHORTEST_PAUSE))
    elif key_set is not None:
        sources.append(_file("AUTH_JWKS", key_set, parse_key_set))
    return sources


def _file(setting: str, path: str, parse: Callable[[bytes], tuple[Key, ...]]) -> Source:
    return Source(setting, lambda: _read_file(path), parse, FILE_PAUSE, FILE_PAUSE)


def _read_file(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(MAX_SOURCE_BYTES + 1)


class _Unmoved(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: keys come from where the operator says, or not at all."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


def _fetch(url: str) -> bytes:
    """The body of a URL's answer; raises OSError, HTTPException, or KeysError if it takes too long."""
    opener = urllib.request.build_opener(_Unmoved)
    started, parts, size = time.monotonic(), [], 0
    response: Any
    with opener.open(url, timeout=SILENT_SECONDS) as response:
        while size <= MAX_SOURCE_BYTES and (part := response.read1(65536)):
            parts.append(part)
            size += len(part)
            if time.monotonic() - started > FETCH_SECONDS:
                raise KeysError(f"the answer took over {FETCH_SECONDS:g} s")
    return b"".join(parts)
