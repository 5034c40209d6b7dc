"""What goes out to a client: at once, behind older messages, or not at all if the client does not read."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from gateway.client.limits import MAX_HELD_BYTES, MAX_STALLED_SECONDS, MAX_UNSENT_BYTES
from gateway.client.outlet import Outlet
from gateway.encoding.binary import PROTO
from gateway.frames import frame
from harness.receiver import comment
from harness.waiting import until
from proto.chatmessage_pb2 import chatmessage

CHUNK = 256 * 1024
MOST_CHUNKS = 400
"""More than any system's buffers hold: a client that reads nothing is seen by then."""
BURST = 100
"""Large messages that arrive together, and are more than the system's buffers and the limit hold."""
TOO_SLOW = 4008


class Setting:
    """An outlet of a real server, and the client at its other end."""

    def __init__(self, server: ServerConnection, client: ClientConnection) -> None:
        self.server = server
        self.client = client
        # How often the outlet said that it cut its client off.
        self.cuts = 0
        self.outlet = Outlet(server, PROTO, self._note_cut)
        self.next_seq = 1

    def deliver(self, seq: int) -> None:
        """Something that the room gets."""
        self.outlet.deliver(frame(comment(seq)), seq)

    def deliver_large(self) -> None:
        """The next of many large messages."""
        self.outlet.deliver(frame(comment(self.next_seq, CHUNK)), self.next_seq)
        self.next_seq += 1

    def fill(self) -> int:
        """Deliver until the client's system takes no more; how much waits here then."""
        self.client.transport.pause_reading()
        for _ in range(MOST_CHUNKS):
            self.deliver_large()
            if self.waiting:
                return self.waiting
        raise AssertionError("the client's system took everything")

    @property
    def waiting(self) -> int:
        """Bytes that the client's system has not taken."""
        return self.server.transport.get_write_buffer_size()

    async def hear(self) -> int:
        """The sequence of the next message that arrives at the client."""
        return chatmessage.FromString(await self.client.recv(decode=False)).seq

    async def heard(self, last_seq: int) -> list[int]:
        """Sequences of what arrives at the client, up to this one."""
        seqs: list[int] = []
        async with asyncio.timeout(30):
            while last_seq not in seqs:
                seqs.append(await self.hear())
        return seqs

    async def heard_to_the_end(self) -> list[int]:
        """The same, until the connection is closed."""
        self.client.transport.resume_reading()
        seqs: list[int] = []
        async with asyncio.timeout(30):
            try:
                while True:
                    seqs.append(await self.hear())
            except ConnectionClosed:
                return seqs

    def _note_cut(self) -> None:
        self.cuts += 1


@pytest.fixture
async def setting() -> AsyncIterator[Setting]:
    """A client that is connected and was sent nothing."""
    made: asyncio.Future[ServerConnection] = asyncio.get_running_loop().create_future()

    async def hand_over(connection: ServerConnection) -> None:
        made.set_result(connection)
        await connection.wait_closed()

    async with serve(hand_over, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        port = server.sockets[0].getsockname()[1]
        # One message at most waits in the library: what a client does not read stays in the system's buffers.
        async with connect(f"ws://127.0.0.1:{port}", compression=None, ping_interval=None, max_queue=1) as client:
            yield Setting(await made, client)
            client.transport.abort()


async def test_what_a_room_gets_is_written_at_once(setting: Setting) -> None:
    """So is what has no place in its log."""
    setting.deliver(1)
    setting.outlet.send(frame(comment(77)))
    setting.deliver(2)
    assert await setting.heard(2) == [1, 77, 2]


async def test_what_is_held_back_comes_behind_the_older_messages(setting: Setting) -> None:
    """In its order; what is delivered afterwards is held back no more."""
    setting.outlet.hold(0)
    setting.deliver(3)
    setting.deliver(4)
    setting.outlet.write(frame(comment(1)) + frame(comment(2)), 2)
    assert setting.outlet.release(2) is None
    setting.deliver(5)
    assert await setting.heard(5) == [1, 2, 3, 4, 5]


async def test_too_much_to_be_held_is_let_go_and_read_from_the_log(setting: Setting) -> None:
    """How far it must be read is told; what came behind that is written without having been read."""
    setting.outlet.hold(0)
    for _ in range(MAX_HELD_BYTES // CHUNK):
        setting.deliver_large()
    last_seq = setting.next_seq - 1
    setting.deliver(last_seq + 1)
    assert setting.outlet.release(0) == last_seq
    setting.outlet.write(frame(comment(last_seq)), last_seq)
    assert setting.outlet.release(last_seq) is None
    assert await setting.heard(last_seq + 1) == [last_seq, last_seq + 1]


async def test_what_was_sent_before_a_place_was_taken_back_does_not_come_again(setting: Setting) -> None:
    """The room has come less far here than on the gateway before; what spans the border is cut there."""
    setting.outlet.start(3, 6)
    setting.deliver(4)
    setting.outlet.deliver(b"".join(frame(comment(seq)) for seq in (5, 6, 7)), 7)
    setting.deliver(8)
    assert await setting.heard(8) == [7, 8]


async def test_a_client_that_does_not_read_is_cut_off_and_told_where_to_resume(setting: Setting) -> None:
    """When more comes for it than may wait: it reads what was written before, all of it, and then why."""
    setting.fill()
    while not setting.cuts:
        setting.deliver_large()
        assert setting.next_seq < MOST_CHUNKS
    assert setting.waiting > MAX_UNSENT_BYTES
    last_written = setting.next_seq - 2
    setting.outlet.send(frame(comment(setting.next_seq)))
    assert await setting.heard_to_the_end() == list(range(1, last_written + 1))
    assert setting.client.close_code == TOO_SLOW
    assert setting.client.close_reason == f"too slow: resume from seq {last_written}"
    assert setting.cuts == 1


async def test_a_client_is_cut_off_once(setting: Setting) -> None:
    """Whatever more comes for it, and however long it goes on taking nothing."""
    setting.fill()
    while not setting.cuts:
        setting.deliver_large()
        assert setting.next_seq < MOST_CHUNKS
    setting.deliver_large()
    now = time.monotonic()
    setting.outlet.sweep(now)
    setting.outlet.sweep(now + MAX_STALLED_SECONDS + 1)
    assert setting.outlet.is_cut
    assert setting.cuts == 1


async def test_a_client_that_is_cut_off_amid_older_messages_resumes_from_those(setting: Setting) -> None:
    """What was held back was never written."""
    setting.outlet.hold(0)
    setting.outlet.write(frame(comment(1)), 1)
    setting.deliver(9)
    setting.outlet.cut_off()
    assert await setting.heard_to_the_end() == [1]
    assert setting.client.close_reason == "too slow: resume from seq 1"


async def test_a_burst_larger_than_the_limit_is_nobodys_fault(setting: Setting) -> None:
    """A client that reads gets all of it, and more."""
    setting.outlet.deliver(b"".join(frame(comment(seq, CHUNK)) for seq in range(1, BURST + 1)), BURST)
    assert setting.waiting > MAX_UNSENT_BYTES
    assert await setting.heard(BURST) == list(range(1, BURST + 1))
    setting.deliver(BURST + 1)
    assert await setting.heard(BURST + 1) == [BURST + 1]
    assert setting.cuts == 0


async def test_a_client_that_takes_nothing_for_too_long_is_cut_off(setting: Setting) -> None:
    """Also if nothing more comes for it."""
    setting.fill()
    now = time.monotonic()
    setting.outlet.sweep(now)
    setting.outlet.sweep(now + MAX_STALLED_SECONDS - 1)
    assert setting.cuts == 0
    setting.outlet.sweep(now + MAX_STALLED_SECONDS + 1)
    assert setting.cuts == 1


async def test_a_client_that_takes_a_little_is_not_cut_off(setting: Setting) -> None:
    """It is slow, and has time again from when it last took something."""
    waiting = setting.fill()
    now = time.monotonic()
    setting.outlet.sweep(now)
    setting.client.transport.resume_reading()
    await setting.heard(3)
    await until(lambda: setting.waiting < waiting, "the system to take some of what waits")
    setting.outlet.sweep(now + MAX_STALLED_SECONDS + 1)
    assert setting.cuts == 0


async def test_a_client_that_has_read_everything_may_be_silent_for_ever(setting: Setting) -> None:
    """Nothing waits for it."""
    setting.deliver(1)
    await setting.heard(1)
    for seconds in (0.0, 1e3, 1e6):
        setting.outlet.sweep(seconds)
    assert setting.cuts == 0


async def test_nothing_is_written_to_a_connection_that_has_ended(setting: Setting) -> None:
    """Whoever ended it."""
    setting.deliver(1)
    await setting.heard(1)
    await setting.client.close()
    await setting.server.wait_closed()
    setting.deliver(2)
    setting.outlet.send(frame(comment(3)))
    assert setting.waiting == 0
