"""A group of rooms with equal filters as one gateway sees it: its rooms here, and the feed rows that wait for them."""

from gateway.delivery.parcel import Rows
from gateway.delivery.room import Room
from gateway.selection import Selection


class Group:
    """Gathers what comes for all its rooms, so that each is given it in one go.

    Feed rows have a place in the group, counted by Postgres; a room adds its `seq_offset` to have the sequence.
    """

    def __init__(self, group_id: int) -> None:
        self.group_id = group_id
        # Written by Groups only, together with Room.group_id.
        self.rooms: set[Room] = set()
        # Place of the first of the rows that wait.
        self._first_place = 0
        # The rows that wait, and how many these are; whether some are of feeds that were added.
        self._selections: list[Selection] = []
        self._count = 0
        self._has_added = False
        # What waits for a room, by its next sequence and how many of the rows it has already.
        self._parcels: dict[tuple[int, int], Rows] = {}

    def follows(self, first_place: int) -> bool:
        """Whether what begins at this place comes right behind what waits."""
        return not self._count or first_place == self._first_place + self._count

    def add(self, first_place: int, selection: Selection, are_added: bool = False) -> None:
        """Take messages that follow what waits; `are_added` says that they are of a feed that was added."""
        if not self._count:
            self._first_place = first_place
            self._has_added = False
        self._has_added |= are_added
        self._selections.append(selection)
        self._count += selection.count
        self._parcels.clear()

    def is_empty(self) -> bool:
        """Whether no room is in it and nothing waits."""
        return not self.rooms and not self._count

    def clear(self) -> None:
        """Forget what waits: all rooms have it."""
        self._selections = []
        self._count = 0
        self._parcels.clear()

    def settle(self, room: Room) -> bool:
        """Give a room what waits and it does not have; False if something is missing before that."""
        if room.next_seq is None or not self._count:
            return True
        known = room.next_seq - self._first_place - room.seq_offset
        if known < 0:
            return False
        if known < self._count:
            room.append(self._parcel(room.next_seq, known))
        return True

    def _parcel(self, seq: int, known: int) -> Rows:
        """What waits but for the first few, from a sequence on: the same bytes for rooms that are as far."""
        parcel = self._parcels.get((seq, known))
        if parcel is None:
            parcel = Rows(self._behind(known), self._count - known, seq, self._has_added)
            self._parcels[seq, known] = parcel
        return parcel

    def _behind(self, known: int) -> list[Selection]:
        """A copy, but for the first few rows: more may come to wait before frames are made of it."""
        if not known:
            return self._selections[:]
        kept: list[Selection] = []
        for selection in self._selections:
            if known < selection.count:
                kept.append(selection.behind(known))
            known = max(known - selection.count, 0)
        return kept
