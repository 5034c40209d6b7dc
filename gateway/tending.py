"""What a gateway has Postgres do from time to time, and nobody waits for."""

import asyncio
from collections.abc import Awaitable, Callable

from gateway.errors import GatewayError
from runtime.outage import Outage


async def repeat(task: Callable[[], Awaitable[None]], interval: float, outage: Outage) -> None:
    """Do `task` every `interval` seconds, for ever. If the database cannot, that is only told."""
    while True:
        await asyncio.sleep(interval)
        try:
            await task()
        except GatewayError as error:
            outage.note(str(error))
        else:
            outage.end()
