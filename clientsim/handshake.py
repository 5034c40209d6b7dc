"""A WebSocket client's handshake (RFC 6455, section 4) over whatever carries its bytes."""

from websockets.utils import accept_key, generate_key

from proto.subprotocol import SUBPROTOCOL

MAX_ANSWER_BYTES = 16384


class HandshakeError(Exception):
    """The other side does not speak WebSocket; the message says what it answered."""


class Handshake:
    """One upgrade: send `request`, then hand what arrives to `take` until `is_done`."""

    def __init__(self, host: str, subprotocol: str = SUBPROTOCOL) -> None:
        self.is_done = False
        self._key = generate_key()
        # The beginning of the answer.
        self._answer = b""
        self.request = (
            f"GET / HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {self._key}\r\nSec-WebSocket-Version: 13\r\n"
            # Without it the service leaves rows out, and what is checked here is that nothing is missing.
            f"Sec-WebSocket-Protocol: {subprotocol}\r\n\r\n"
        ).encode()

    def take(self, data: bytes) -> bytes:
        """Take a chunk of the answer; returns what follows its end. Raises HandshakeError if it is not an upgrade."""
        self._answer += data
        head, end, rest = self._answer.partition(b"\r\n\r\n")
        if not end:
            if len(head) > MAX_ANSWER_BYTES:
                raise HandshakeError("no end to the answer to the upgrade")
            return b""
        first_line = head.split(b"\r\n")[0]
        if b" 101 " not in first_line or accept_key(self._key).encode() not in head:
            raise HandshakeError(f"not a WebSocket server: {first_line.decode(errors='replace')}")
        self.is_done = True
        return rest
