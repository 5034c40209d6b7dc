"""What a member may do beyond what all may."""

from collections.abc import Callable
from typing import Protocol


class Rights(Protocol):
    """Of one member, for as long as they have their place."""

    def moderates(self, room_id: int | None) -> bool:
        """Whether they are a moderator of a room; None asks for all rooms, those to come among them."""


class NoRights:
    """Of nearly everybody."""

    def moderates(self, room_id: int | None) -> bool:
        """Of no room."""
        return False


RightsOf = Callable[[str], Rights]
"""The rights of whoever is a member under a name."""

NO_RIGHTS = NoRights()


def nobody(username: str) -> Rights:
    """Nobody has any."""
    return NO_RIGHTS
