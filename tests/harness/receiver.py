"""A member of a room that is no session: it notes what it is told."""

from clientsim.frames import FrameReader
from gateway.closing import Closing
from proto.chatmessage_pb2 import COMMENT, EVENT, ROOM_STATUS, chatmessage
from proto.event_pb2 import GOLF, event


class NotedReceiver:
    """A receiver (gateway/delivery/room.py) of which everything that happened to it can be read."""

    def __init__(self) -> None:
        # Sequences of what was delivered, one list for each write.
        self.writes: list[list[int]] = []
        # Sequence and text of each message, in the order of arrival.
        self.heard: list[tuple[int, str]] = []
        # The sequence of the own USERJOINED; None if it was not admitted.
        self.admitted_at: int | None = None
        # The newest message when it took a place back; None if it did not.
        self.reattached_at: int | None = None
        # Why it was sent away; None if it was not.
        self.lost: Closing | None = None

    def admitted(self, seq: int, message: bytes) -> None:
        """The own USERJOINED."""
        assert not self.writes
        self.admitted_at = seq

    def reattached(self, seq: int, newest_seq: int) -> None:
        """A place taken back."""
        assert seq <= newest_seq
        assert not self.writes
        self.reattached_at = seq

    def deliver(self, frames: bytes, last_seq: int) -> None:
        """Take the frames apart."""
        messages = [chatmessage.FromString(content) for _, content in FrameReader().take(frames)]
        assert messages[-1].seq == last_seq
        self.writes.append([message.seq for message in messages])
        self.heard += [(message.seq, message.comment or message.eventmsg.data_event) for message in messages]

    def lose(self, closing: Closing) -> None:
        """Sent away."""
        assert self.lost is None
        self.lost = closing

    @property
    def seqs(self) -> list[int]:
        """Sequences of what was delivered."""
        return [seq for write in self.writes for seq in write]


def comment(seq: int, size: int = 1) -> bytes:
    """Somebody's comment, of so many characters."""
    return chatmessage(mtype=COMMENT, user="x", comment="x" * size, seq=seq).SerializeToString()


def userjoined(name: str, seq: int) -> bytes:
    """Somebody's USERJOINED."""
    return chatmessage(mtype=ROOM_STATUS, userstatus="USERJOINED", user=name, seq=seq).SerializeToString()


def feed_row(text: str) -> bytes:
    """A chatmessage of a feed, as a group keeps it: but for its sequence."""
    row = event(sport=GOLF, match_title="open", data_event=text)
    return chatmessage(mtype=EVENT, eventmsg=row).SerializeToString()
