"""What clients are told when the gateway stops: to come back, and when, so that not all of them do at once."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from websockets.asyncio.server import ServerConnection

from gateway.closing import stopping

RETURNS_PER_SECOND = 2000.0
"""As how many clients are asked back in a second; that is what another gateway admits. Few are asked back at once."""
LONGEST_SPREAD = 3.0
"""Seconds after which the last of them is to be back: places are held for 5 s."""


def say_goodbye(connections: Iterable[ServerConnection], spawn: Callable[[Coroutine[Any, Any, None]], None]) -> None:
    """Close all connections, each with the number of seconds after which it is to come back."""
    for place, connection in enumerate(connections):
        spawn(connection.close(*stopping(min(place / RETURNS_PER_SECOND, LONGEST_SPREAD))))
