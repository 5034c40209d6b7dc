"""Which room here is in which group of rooms with equal filters: the one place that says and changes it."""

from collections.abc import Container

from gateway.delivery.group import Group
from gateway.delivery.room import Room


class Groups:
    """The register of rooms and groups.

    A room is in `group.rooms` if and only if `room.group_id` is that group's, and a group without rooms is kept only
    while rows wait in it. Nobody else writes either of the two.
    """

    def __init__(self) -> None:
        self._groups: dict[int, Group] = {}

    def __len__(self) -> int:
        """How many groups are known here."""
        return len(self._groups)

    def get(self, group_id: int) -> Group | None:
        """The group with this id, if a room here is in it or rows still wait in it."""
        return self._groups.get(group_id)

    @property
    def ids(self) -> Container[int]:
        """Those of the groups that `get` finds."""
        return self._groups

    def all(self) -> tuple[Group, ...]:
        """All groups, as they are now."""
        return tuple(self._groups.values())

    def of(self, room: Room) -> Group | None:
        """The group that a room is in, None while that is not known."""
        return None if room.group_id is None else self._groups[room.group_id]

    def place(self, room: Room, group_id: int, seq_offset: int) -> None:
        """Note that a room is in a group from its next message on, with what is added to a place to have its seq."""
        if room.group_id != group_id:
            self.remove(room)
            self._groups.setdefault(group_id, Group(group_id)).rooms.add(room)
        room.group_id, room.seq_offset = group_id, seq_offset

    def remove(self, room: Room) -> None:
        """Note that it is not known which group a room is in."""
        group = self.of(room)
        room.group_id = None
        if group is not None:
            group.rooms.discard(room)
            self.drop_if_empty(group)

    def drop_if_empty(self, group: Group) -> None:
        """Forget a group that no room here is in and nothing waits in."""
        if group.is_empty() and self._groups.get(group.group_id) is group:
            del self._groups[group.group_id]

    def clear(self) -> None:
        """Forget all: notifications were missed, which may have moved any room."""
        for group in self._groups.values():
            for room in group.rooms:
                room.group_id = None
            group.rooms.clear()
        self._groups.clear()
