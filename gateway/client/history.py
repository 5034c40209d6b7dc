"""What a room got before: sent to a new member who asked for it, while what the room gets now is held back."""

from collections.abc import Iterator
from dataclasses import dataclass

from websockets.exceptions import ConnectionClosed

from gateway import closing
from gateway.client.outlet import Outlet
from gateway.closing import Closing
from gateway.delivery.feeds import Feeds
from gateway.delivery.parcel import Own, Parcel, Row
from gateway.errors import DatabaseAwayError, DatabaseFaultError, note_fault
from gateway.postgres.database import Database
from gateway.postgres.log import Entry, LogReader, Page
from gateway.postgres.records import Opening
from proto import chatmessage_pb2 as pb

PIECE_BYTES = 64 * 1024
MAX_SEQ = 2**62
"""No room comes so far; a client may ask for more, and Postgres's bigint ends soon after."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a JOIN_REQ asks for of the room's past: all after a sequence, or else the last so many messages."""

    resume_after: int | None
    count: int

    @classmethod
    def by(cls, message: pb.chatmessage) -> "Wanted | None":
        """What this JOIN_REQ asks for; None if it asks for nothing."""
        resume_after = min(message.resume_after, MAX_SEQ) if message.HasField("resume_after") else None
        if resume_after is None and not message.history:
            return None
        return cls(resume_after, message.history)

    def after(self, before_seq: int) -> int:
        """The sequence that a client which asks for this has everything up to."""
        if self.resume_after is not None:
            return min(self.resume_after, before_seq - 1)
        return max(before_seq - 1 - self.count, 0)


class History:
    """Sends one member the past of one room.

    The log is read up to where the room was when the member came, and what the room gets meanwhile is held back in the
    outlet. If that was too much to keep, it is read from the log too: there is no message that is in neither.
    """

    def __init__(self, database: Database, log: LogReader, feeds: Feeds, outlet: Outlet) -> None:
        self._database = database
        self._log = log
        self._feeds = feeds
        self._outlet = outlet

    async def send(
        self, username: str, room_id: int, wanted: Wanted, before_seq: int, live_after: int
    ) -> Closing | None:
        """Send what is wanted of what came before `before_seq`, all up to `live_after`, then what was held back.

        `before_seq` is the own USERJOINED; of a place taken back, for which there is none, it is what comes next. The
        outlet holds back what follows `live_after`. Returns how the connection must end if not all could be sent: what
        was held back must not be sent then.
        """
        try:
            await self._send(username, room_id, wanted, before_seq, live_after)
        except (ConnectionClosed, ConnectionError):
            return None
        except DatabaseAwayError:
            return closing.RESUME_LATER
        except LookupError:
            return closing.HOLE
        except Exception as error:
            # Whatever it is: without its history the client would be held for ever.
            if not isinstance(error, DatabaseFaultError):
                note_fault("a bug in sending a history", error)
            return closing.FAULT
        return None

    async def _send(self, username: str, room_id: int, wanted: Wanted, before_seq: int, live_after: int) -> None:
        opening = Opening(username, room_id, before_seq, wanted.resume_after, wanted.count)
        after_seq, truncated = await self._database.open_history(opening)
        if truncated is not None:
            self._outlet.write_message(truncated, after_seq)
        await self._send_log(room_id, after_seq, live_after + 1)
        while (up_to := self._outlet.release(live_after)) is not None:
            await self._send_log(room_id, live_after, up_to + 1)
            live_after = up_to

    async def _send_log(self, room_id: int, after_seq: int, before_seq: int) -> None:
        async for page in self._log.read_pages(room_id, after_seq, before_seq):
            for frames, last_seq in await self._frames(page):
                self._outlet.write(frames, last_seq)
                # At the client's own pace: the rest waits in the database, not in memory.
                await self._outlet.drain()

    async def _frames(self, page: Page) -> Iterator[tuple[bytes, int]]:
        """A page's frames in pieces, each with its last sequence; made once for all who are spoken to alike."""
        encoding = self._outlet.encoding
        frames: list[bytes] | None = page.made.get(encoding)
        if frames is None:
            frames = page.made[encoding] = [(await self._parcel(entry)).frames(encoding) for entry in page.read]
        return _pieces(page.entries, frames)

    async def _parcel(self, entry: Entry) -> Parcel:
        if entry.feed_id is None:
            return Own(entry.message)
        feed = await self._feeds.find(entry.feed_id)
        return Row(feed.wrap(entry.message), entry.seq, feed.is_added)


def _pieces(entries: list[Entry], frames: list[bytes]) -> Iterator[tuple[bytes, int]]:
    """Frames put together until a piece is large enough to be worth a write."""
    start = size = 0
    # Of what was read for others, frames are left over.
    for place, (entry, frame) in enumerate(zip(entries, frames, strict=False), 1):
        size += len(frame)
        if size >= PIECE_BYTES or place == len(entries):
            yield b"".join(frames[start:place]), entry.seq
            start, size = place, 0
