"""`edgechat migrate` where there are several servers: each is brought up to date, one after the other.

Containers start at once, so the map and the servers are waited for, a moment.
"""

import asyncio
import logging
import time

from db.apply import MigrateError, migrate
from edgechat.server.changing import find_map
from edgechat.server.database import is_starting
from edgechat.server.linking import link
from runtime.logs import event
from runtime.map_store import open_store
from runtime.server_map import MapError, ServerMap, with_account
from runtime.settings import Settings

WAIT_SECONDS = 30.0
"""For NATS, and for all servers together."""
PAUSE_SECONDS = 1.0

logger = logging.getLogger("migrate")


def migrate_all(settings: Settings) -> None:
    """Bring all servers of the map up to date; before there is a map, the database of DATABASE_URL.

    One that cannot be is passed over: the others are brought up to date all the same. Raises MigrateError for it at the
    end, and MapError if the map cannot be read.
    """
    servers = asyncio.run(_read(settings))
    if servers is None:
        words = "there is no map %s yet: bringing the database of DATABASE_URL up to date"
        logger.info(words, settings.server_map, extra=event("no_map", server_map=settings.server_map))
        return migrate(settings.database_url)
    failed = {}
    deadline = time.monotonic() + WAIT_SECONDS
    for name, address in servers.urls.items():
        url = with_account(address, settings.database_url)
        asyncio.run(_wait_for(name, url, deadline))
        began = time.monotonic()
        try:
            migrate(url)
        except MigrateError as error:
            failed[name] = error
            logger.error("server %s: %s", name, error, extra=event("server_not_migrated", server=name))
        else:
            named = event("server_migrated", server=name, seconds=round(time.monotonic() - began, 3))
            logger.info("server %s at %s is up to date", name, address, extra=named)
    for words in asyncio.run(link(servers.urls, settings)):
        logger.info(words, extra=event("linked"))
    if failed:
        done = [name for name in servers.urls if name not in failed]
        told = f"; up to date: {', '.join(done)}" if done else ""
        words = "; ".join(f"server {name}: {error}" for name, error in failed.items())
        raise MigrateError(f"{words}{told}; run `edgechat migrate` again when that is mended")


async def _read(settings: Settings) -> ServerMap | None:
    """The map, as soon as NATS tells."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            async with open_store(settings) as store:
                return await find_map(store)
        except MapError as error:
            if time.monotonic() > deadline:
                raise
            logger.info("waiting: %s", error, extra=event("waiting_for_map", reason=str(error)))
        await asyncio.sleep(PAUSE_SECONDS)


async def _wait_for(name: str, url: str, deadline: float) -> None:
    """Until the server is there, or it is too late to wait."""
    while time.monotonic() < deadline and await is_starting(url):
        logger.info("waiting for server %s", name, extra=event("waiting_for_server", server=name))
        await asyncio.sleep(PAUSE_SECONDS)
