"""A room as one gateway sees it: its members here, those about to become members, and how far it has delivered."""

from typing import Protocol

from gateway.frames import frame


class Receiver(Protocol):
    """What a room needs of a member's session."""

    join_seq: int | None
    """Sequence of the session's USERJOINED, once Postgres has told it."""

    def joined(self, seq: int, message: bytes) -> None:
        """The session's own USERJOINED: what is delivered from now on follows it."""

    def resumed(self, seq: int) -> None:
        """The session took a place back: what is delivered from now on follows the message with this sequence."""

    def deliver(self, frames: bytes, last_seq: int) -> None:
        """Frames, joined, up to the message with this sequence."""

    def lose(self) -> None:
        """What comes next cannot be had any more: the session ends."""


class Room:
    """Delivers what Postgres announces, in order, once.

    `next_seq` is the sequence that comes next, None while nobody here listens. A session becomes a member when its own
    USERJOINED comes by, so that is the first message it gets, and nothing after it is missed or doubled.

    `group_id` is the group of rooms with equal filters that it is in behind the message before, None while that is not
    known; `seq_offset` is added to a place in the group to have a sequence of the room.
    """

    def __init__(self, room_id: int) -> None:
        self.room_id = room_id
        self.members: set[Receiver] = set()
        self.joining: dict[str, Receiver] = {}
        self.next_seq: int | None = None
        self.group_id: int | None = None
        self.seq_offset = 0
        self._frames: list[bytes] = []

    def is_idle(self) -> bool:
        """Whether nobody here is in it or about to be."""
        return not self.members and not self.joining

    def start_of_log(self) -> int | None:
        """From which sequence on the log tells what was missed; None if nobody here can have missed anything."""
        if self.next_seq is not None:
            return self.next_seq
        return min((receiver.join_seq for receiver in self.joining.values() if receiver.join_seq), default=None)

    def admit(self, receiver: Receiver, seq: int, message: bytes) -> None:
        """Make a member of the session whose USERJOINED this is; the others get it too."""
        self.append(frame(message), 1)
        self.flush()
        self.next_seq = seq + 1
        self.members.add(receiver)
        receiver.joined(seq, message)

    def attach(self, receiver: Receiver, seq: int) -> None:
        """Make a member of a session that took its place back when the room's newest message was `seq`."""
        self.flush()
        if self.next_seq is None:
            self.next_seq = seq + 1
        self.members.add(receiver)
        receiver.resumed(self.next_seq - 1)

    def remove(self, username: str, receiver: Receiver) -> None:
        """Forget a session, whether it became a member or not."""
        self.members.discard(receiver)
        if self.joining.get(username) is receiver:
            del self.joining[username]
        if not self.members:
            self._frames.clear()
            self.next_seq = self.group_id = None

    def give_up(self) -> None:
        """Send all members away, since what comes next cannot be had any more."""
        self.flush()
        self.next_seq = self.group_id = None
        members, self.members = self.members, set()
        for member in members:
            member.lose()

    def append(self, frames: bytes, count: int) -> None:
        """Take the next `count` messages; they go out with the next flush."""
        if self.next_seq is not None and self.members:
            self._frames.append(frames)
            self.next_seq += count

    def flush(self) -> None:
        """Write what has gathered, in one go, to every member."""
        if not self._frames or self.next_seq is None:
            return
        frames = b"".join(self._frames)
        self._frames.clear()
        for member in tuple(self.members):
            member.deliver(frames, self.next_seq - 1)
