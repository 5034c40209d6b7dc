"""What goes out to one client: written at once, held back while older messages are sent, or cut off."""

import asyncio
from collections.abc import Callable

from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

from gateway.client.limits import MAX_GOODBYE_SECONDS, MAX_HELD_BYTES, MAX_STALLED_SECONDS, MAX_UNSENT_BYTES
from gateway.closing import too_slow
from gateway.encoding.encoding import Encoding
from gateway.frames import close_frame
from gateway.tally import TALLY

SLOW_CLOSE_SECONDS = 10.0
"""How long a client that was cut off may take to read what was already written to it."""


class Outlet:
    """One client's outgoing side.

    Frames go to the transport as they are, joined, past the library's own sending: it would frame them again for each
    member. That is safe because nothing here sends fragmented messages.

    Slow readers: the transport keeps what the socket does not take. A client for which more arrives while over
    MAX_UNSENT_BYTES wait, or that takes nothing of what waits for MAX_STALLED_SECONDS, is closed with 4008 and told the
    sequence to resume after; nobody else waits for it.

    While a client is sent older messages, at its own pace, newer ones are held back: MAX_HELD_BYTES of them. Beyond
    that they are let go, and read from the log when the older ones were sent.
    """

    def __init__(self, connection: ServerConnection, encoding: Encoding, on_cut: Callable[[], None]) -> None:
        """`encoding` is how the client is spoken to; `on_cut` is called when it was cut off for not reading."""
        self._connection = connection
        self._encoding = encoding
        self._transport = connection.transport
        self._on_cut = on_cut
        # Set when the client was cut off: it is told nothing more, and what it still asks is not meant to be done.
        self.is_cut = False
        # The last message that was written with nothing missing before it: from there on a client can resume.
        self._last_seq = 0
        # Frames that wait for older messages to be sent, and the last sequence in them; None if nothing holds them up.
        self._held: list[bytes] | None = None
        self._held_bytes = 0
        self._held_to = 0
        # The last sequence of those that were let go since; 0 if none were.
        self._let_go_to = 0
        # The room's newest message when a place was taken back, and how far the room had come here: what is between was
        # or will be sent as older messages, if at all.
        self._newest_seq = 0
        self._here = 0
        # Bytes that were given to the transport, and how many of them had gone when that number last changed, when.
        self._written = 0
        self._taken = 0
        self._taken_at = 0.0
        # When the closing handshake was first seen to be under way; 0 before.
        self._closing_at = 0.0

    @property
    def encoding(self) -> Encoding:
        """How the client is spoken to."""
        return self._encoding

    @property
    def written(self) -> int:
        """Bytes that were written so far."""
        return self._written

    @property
    def waiting(self) -> tuple[int, int]:
        """Bytes that the socket has not taken yet, and those held back while older messages are sent."""
        return self._transport.get_write_buffer_size(), self._held_bytes

    def send(self, frames: bytes) -> None:
        """Write frames that have no place in the room's log, or whose place does not matter."""
        # Not open: the library may have ended our side of the transport already, though the client keeps its own.
        if self._connection.state is State.OPEN and not self._transport.is_closing() and not self.is_cut:
            self._written += len(frames)
            self._transport.write(frames)

    def tell(self, message: bytes) -> None:
        """Write a message, in protobuf, that is for this client alone."""
        self.send(self._encoding.frame(message))

    def write_message(self, message: bytes, seq: int) -> None:
        """Write a message of a room, in protobuf, that follows what was written before."""
        self.write(self._encoding.frame(message), seq)

    def write(self, frames: bytes, last_seq: int) -> None:
        """Write messages up to this sequence that follow what was written before."""
        self._last_seq = last_seq
        self.send(frames)

    def deliver(self, frames: bytes, last_seq: int) -> None:
        """Write messages that a room got just now, or hold them back."""
        if self._here < self._newest_seq:
            self._here = last_seq
            frames = self._encoding.without_known(frames, self._newest_seq)
            if not frames:
                return None
        if self._held is not None:
            return self._hold(self._held, frames, last_seq)
        # Before the write: what arrives at once may be more than the limit, and nobody is slow for that.
        if frames and self._transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            return self.cut_off()
        self.write(frames, last_seq)

    async def drain(self) -> None:
        """Wait until the client has taken most of what was written; raises ConnectionClosed."""
        await self._connection.drain()

    def start(self, here: int, newest_seq: int) -> None:
        """Nothing up to `newest_seq` is still to be delivered, though the room has only come to `here`."""
        self._here, self._newest_seq = here, newest_seq
        self._last_seq = newest_seq

    def hold(self, last_seq: int) -> None:
        """Hold back what is delivered from here on; the client has everything up to `last_seq` that it asked for."""
        self._last_seq = last_seq
        self._held = []

    def release(self, last_seq: int) -> int | None:
        """Write what was held back, now that everything up to `last_seq` was written.

        If some was let go, nothing is written, and the sequence is returned up to which the log must be read first.
        """
        if self._let_go_to:
            let_go_to, self._let_go_to = self._let_go_to, 0
            return let_go_to
        held, self._held = self._held, None
        if held:
            self.write(b"".join(held), self._held_to)
        else:
            self._last_seq = last_seq
        self._held_bytes = 0
        return None

    def sweep(self, now: float) -> None:
        """End what does not end by itself; called every second or so, with the monotonic time."""
        if self._connection.state is State.CLOSING:
            return self._end_goodbye(now)
        self._cut_off_if_stalled(now)

    def cut_off(self) -> None:
        """Close the connection of a client that does not read, with where to resume; once."""
        if self.is_cut:
            return
        self.send(close_frame(*too_slow(self._last_seq)))
        self.is_cut = True
        TALLY.slow_clients_cut += 1
        asyncio.get_running_loop().call_later(SLOW_CLOSE_SECONDS, self._transport.abort)
        self._on_cut()

    def _hold(self, held: list[bytes], frames: bytes, last_seq: int) -> None:
        held.append(frames)
        self._held_bytes += len(frames)
        self._held_to = last_seq
        if self._held_bytes > MAX_HELD_BYTES:
            held.clear()
            self._held_bytes = 0
            self._let_go_to = last_seq

    def _end_goodbye(self, now: float) -> None:
        """A client that said goodbye, or answered ours, has to end its TCP connection: the library does not insist."""
        self._closing_at = self._closing_at or now
        if now - self._closing_at > MAX_GOODBYE_SECONDS:
            self._transport.abort()

    def _cut_off_if_stalled(self, now: float) -> None:
        """Cut a client off that has taken nothing for too long."""
        waiting = self._transport.get_write_buffer_size()
        taken = self._written - waiting
        if not waiting or taken != self._taken:
            self._taken, self._taken_at = taken, now
        elif now - self._taken_at > MAX_STALLED_SECONDS:
            self.cut_off()
