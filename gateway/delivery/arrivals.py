"""How long notifications take from their receipt to the sockets of the members."""

from time import monotonic

from gateway.postgres import payloads
from gateway.tally import TALLY


class Arrivals:
    """When the notifications came that were looked at, and whose messages are yet to be written."""

    def __init__(self) -> None:
        # By the monotonic clock.
        self._times: list[float] = []

    def add(self, payload: str | None, received_at: float) -> None:
        """A notification has its turn. Contents of rows go to nobody before the lines that name them."""
        if payload is not None:
            TALLY.notifications[payload[:1]] += 1
            if payload[:1] != payloads.CONTENTS:
                self._times.append(received_at)

    def settle(self, is_written: bool) -> None:
        """What they brought was written, or was for nobody here."""
        if is_written and self._times:
            TALLY.commit_to_socket.observe_since(self._times, monotonic())
        self._times.clear()
