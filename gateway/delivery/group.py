"""A group of rooms with equal filters as one gateway sees it: its rooms here, and the feed rows that wait for them."""

from gateway.delivery.parcel import Rows
from gateway.delivery.room import Room


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
        # The rows that wait, as clients get them but for their sequence; whether some are of feeds that were added.
        self._bodies: list[bytes] = []
        self._has_added = False
        # What waits for a room, by its next sequence and how many of the rows it has already.
        self._parcels: dict[tuple[int, int], Rows] = {}

    def follows(self, first_place: int) -> bool:
        """Whether what begins at this place comes right behind what waits."""
        return not self._bodies or first_place == self._first_place + len(self._bodies)

    def add(self, first_place: int, bodies: list[bytes], are_added: bool = False) -> None:
        """Take messages, wrapped, that follow what waits; `are_added` says that they are of a feed that was added."""
        if not self._bodies:
            self._first_place = first_place
            self._has_added = False
        self._has_added |= are_added
        self._bodies += bodies
        self._parcels.clear()

    def is_empty(self) -> bool:
        """Whether no room is in it and nothing waits."""
        return not self.rooms and not self._bodies

    def clear(self) -> None:
        """Forget what waits: all rooms have it."""
        self._bodies = []
        self._parcels.clear()

    def settle(self, room: Room) -> bool:
        """Give a room what waits and it does not have; False if something is missing before that."""
        if room.next_seq is None or not self._bodies:
            return True
        known = room.next_seq - self._first_place - room.seq_offset
        if known < 0:
            return False
        if known < len(self._bodies):
            room.append(self._parcel(room.next_seq, known))
        return True

    def _parcel(self, seq: int, known: int) -> Rows:
        """What waits but for the first few, from a sequence on: the same bytes for rooms that are as far."""
        parcel = self._parcels.get((seq, known))
        if parcel is None:
            # A copy: more may come to wait before its frames are made.
            parcel = self._parcels[seq, known] = Rows(self._bodies[known:], seq, self._has_added)
        return parcel
