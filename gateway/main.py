"""The gateway's process."""

import gc

from gateway.fleet import Fleet
from gateway.service import Service
from runtime.settings import Settings

GARBAGE_THRESHOLDS = (20_000, 5, 25)
"""When Python looks for cycles of garbage. A look at everything takes 0.2 s with 10,000 connections, in which nobody is
served, and by default one comes with each quarter that they grow: this has one for 2.5 million new objects, which are
some 25,000 connections."""


async def run(settings: Settings, worker: int | None = None) -> None:
    """Serve clients until cancelled.

    Raises what asyncpg or the socket raises without a server or the port, InterfaceError if the database is of another
    version, PoolerError if notifications do not come, and MapError if the map of servers is asked for and not there. Of
    several servers those that cannot be used are waited for.

    A `worker`, by its number from 1 on, shares the port with others of this user: the kernel deals connections out.
    """
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    # What was imported stays.
    gc.freeze()
    async with Fleet(settings) as fleet:
        await Service(settings, fleet, worker).run()
