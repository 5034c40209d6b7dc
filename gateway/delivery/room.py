"""A room as one gateway sees it: its members here, those about to become members, and how far it has delivered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.closing import FAULT, HOLE, Closing
from gateway.delivery.parcel import Own, Parcel, join
from gateway.encoding.encoding import Encoding
from gateway.errors import note_fault
from gateway.tally import TALLY
from proto.chatmessage_pb2 import ROOM_STATUS, chatmessage

USERJOINED = chatmessage(mtype=ROOM_STATUS, userstatus="USERJOINED").SerializeToString()
"""How every USERJOINED begins (encode_chatmessage.sql)."""


class Receiver(Protocol):
    """What a room needs of a member's session."""

    @property
    def encoding(self) -> Encoding:
        """How its client is spoken to."""

    def admitted(self, seq: int, message: bytes) -> None:
        """The session's own USERJOINED: what is delivered from now on follows it."""

    def reattached(self, seq: int, newest_seq: int) -> None:
        """The session took a place back: what is delivered from now on follows the message with this sequence.

        The room's newest message may be further: the member may have got what is yet to arrive here on another gateway.
        """

    def deliver(self, frames: bytes, last_seq: int) -> None:
        """Frames, joined, up to the message with this sequence; none if all of them are not for this client."""

    def lose(self, closing: Closing) -> None:
        """What comes next cannot be delivered: the session ends."""


@dataclass(slots=True, eq=False)
class Candidate:
    """Somebody who asked to join; `seq` is that of the USERJOINED, None until Postgres has told it."""

    receiver: Receiver
    seq: int | None = None


class Room:
    """Delivers what Postgres announces, in order, once.

    A session becomes a member when its own USERJOINED arrives, so that is the first message it gets, and nothing after
    it is missed or doubled.
    """

    def __init__(self, room_id: int, deserted: Callable[["Room"], None]) -> None:
        """`deserted` is called when the last member here has gone."""
        self.room_id = room_id
        self.members: set[Receiver] = set()
        # Those whose USERJOINED is yet to arrive, by name.
        self.candidates: dict[str, Candidate] = {}
        # The sequence that comes next; None while nobody here listens.
        self.next_seq: int | None = None
        # The group of rooms with equal filters that it is in behind the message before; None while that is not known.
        # Written by Groups only.
        self.group_id: int | None = None
        # What is added to a place in the group to have a sequence of the room. Written by Groups only.
        self.seq_offset = 0
        # What was taken since the last flush; next_seq counts it.
        self._parcels: list[Parcel] = []
        # Members who came since then, and how many of those parcels were before their time.
        self._newcomers: dict[Receiver, int] = {}
        self._deserted = deserted

    def is_idle(self) -> bool:
        """Whether nobody here is in it or about to be."""
        return not self.members and not self.candidates

    def start_of_log(self) -> int | None:
        """From which sequence on the log tells what was missed; None if nobody here can have missed anything."""
        if self.next_seq is not None:
            return self.next_seq
        return min((candidate.seq for candidate in self.candidates.values() if candidate.seq), default=None)

    def expect(self, username: str, receiver: Receiver) -> Candidate:
        """Somebody asks to join under a name."""
        candidate = self.candidates[username] = Candidate(receiver)
        return candidate

    def take(self, seq: int, message: bytes) -> None:
        """The room's next message, one of its own; a candidate whose USERJOINED it is becomes a member."""
        candidate = None
        if self.candidates and message.startswith(USERJOINED):
            candidate = self.candidates.pop(chatmessage.FromString(message).user, None)
        if candidate is None:
            self.append(Own(message))
        else:
            self.admit(candidate, seq, message)

    def admit(self, candidate: Candidate, seq: int, message: bytes) -> None:
        """Make a member of the candidate whose USERJOINED this is; the others get it too.

        Nothing is written for that yet: when hundreds come, the others get all of it in one go.
        """
        self.append(Own(message))
        self.next_seq = seq + 1
        self.members.add(candidate.receiver)
        self._newcomers[candidate.receiver] = len(self._parcels)
        candidate.receiver.admitted(seq, message)

    def reattach(self, username: str, receiver: Receiver, seq: int) -> None:
        """Make a member of a session that took its place back when the room's newest message was `seq`."""
        self.candidates.pop(username, None)
        self.flush()
        if self.next_seq is None:
            self.next_seq = seq + 1
        self.members.add(receiver)
        here = self.next_seq - 1
        receiver.reattached(here, max(here, seq))

    def remove(self, username: str, receiver: Receiver) -> None:
        """Forget a session, whether it became a member or not."""
        self.members.discard(receiver)
        self._newcomers.pop(receiver, None)
        candidate = self.candidates.get(username)
        if candidate is not None and candidate.receiver is receiver:
            del self.candidates[username]
        if not self.members:
            self._desert()

    def give_up(self, closing: Closing) -> None:
        """Send away all who are members here, or are in the log, since what comes next cannot be delivered."""
        self.flush()
        losers = [*self.members]
        self.members.clear()
        self._desert()
        for username, candidate in tuple(self.candidates.items()):
            # One whose USERJOINED is in the log, and would be waited for in vain.
            if candidate.seq is not None:
                del self.candidates[username]
                losers.append(candidate.receiver)
        for receiver in losers:
            receiver.lose(closing)

    def append(self, parcel: Parcel) -> None:
        """Take the next messages; they go out with the next flush."""
        if self.next_seq is not None and self.members:
            self._parcels.append(parcel)
            self.next_seq += parcel.count

    def flush(self) -> None:
        """Write what was taken, in one go, to every member: the same bytes to all that are spoken to alike."""
        parcels, newcomers = self._parcels, self._newcomers
        if newcomers:
            self._newcomers = {}
        if not parcels or not self.members or self.next_seq is None:
            return
        self._parcels = []
        last_seq = self.next_seq - 1
        if not newcomers:
            return _write(parcels, last_seq, tuple(self.members))
        _write(parcels, last_seq, tuple(self.members - newcomers.keys()))
        # Most who came came together.
        groups: dict[int, list[Receiver]] = {}
        for newcomer, known in newcomers.items():
            groups.setdefault(known, []).append(newcomer)
        for known, members in groups.items():
            _write(parcels[known:], last_seq, members)

    def _desert(self) -> None:
        self._parcels.clear()
        self._newcomers.clear()
        self.next_seq = None
        self._deserted(self)


def _write(parcels: Sequence[Parcel], last_seq: int, members: Sequence[Receiver]) -> None:
    if not parcels or not members:
        return
    count = parcels[0].count if len(parcels) == 1 else sum([parcel.count for parcel in parcels])
    TALLY.deliveries += count * len(members)
    # Nearly always all speak alike: then nothing is looked up for each.
    first = members[0].encoding
    frames = join(parcels, first)
    others: dict[Encoding, bytes] = {}
    for member in members:
        encoding = member.encoding
        if encoding is first:
            member.deliver(frames, last_seq)
        else:
            if encoding not in others:
                others[encoding] = join(parcels, encoding)
            member.deliver(others[encoding], last_seq)


def give_up(room: Room, error: Exception) -> None:
    """Send a room's members here away: it costs them a new connection, and no other room waits for theirs."""
    note_fault(f"cannot deliver in room {room.room_id}, its members must resume", error)
    room.give_up(HOLE if isinstance(error, LookupError) else FAULT)
