"""The library's client, made so that it can read whatever anybody publishes.

It reads subjects and headers as UTF-8, which the server does not require. One that is none would end its reading, and
again after each new start: the message stays in the stream.
"""

from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg


class TolerantClient(Client):
    """Bytes of a subject that are no text arrive as \\xff; headers that cannot be read, as none."""

    def _build_message(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: dict[str, str] | None
    ) -> Msg:
        if not subject.isascii() or b"\0" in subject:
            # Postgres takes no NUL.
            subject = subject.decode(errors="backslashreplace").replace("\0", "\\x00").encode()
        message: Msg = super()._build_message(sid, subject, reply, data, headers)
        return message

    async def _process_headers(self, headers: bytes) -> Any:
        try:
            return await super()._process_headers(headers)
        except (UnicodeDecodeError, IndexError):
            return None
