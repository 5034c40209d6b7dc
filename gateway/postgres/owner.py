"""Whom the listening connection works for."""

from typing import Protocol

from gateway.closing import Closing


class Owner(Protocol):
    """Whom the listener tells what happened to the gateway."""

    def interrupted(self) -> None:
        """Notifications may have been missed; what comes from here on is of a new connection."""

    def resync(self) -> None:
        """Listening again: read what was missed."""

    def fell_silent(self) -> None:
        """Postgres does not answer, on this connection at least."""

    def registered(self, gateway_id: int) -> None:
        """The gateway has this id, for the first time or since it was given up; then its members are gone."""

    def drop_member(self, member_id: int) -> None:
        """A membership was taken back by another connection."""

    def end_member(self, member_id: int, why: Closing) -> None:
        """Moderators have a membership end."""
