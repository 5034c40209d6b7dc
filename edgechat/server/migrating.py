"""`edgechat migrate` where there are several servers: each is brought up to date, one after the other."""

import asyncio
import logging
import time

from db.apply import MigrateError, migrate
from edgechat.server.changing import find_map
from runtime.logs import event
from runtime.map_store import open_store
from runtime.server_map import ServerMap, with_account
from runtime.settings import Settings

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
    for name, address in servers.urls.items():
        began = time.monotonic()
        try:
            migrate(with_account(address, settings.database_url))
        except MigrateError as error:
            failed[name] = error
            logger.error("server %s: %s", name, error, extra=event("server_not_migrated", server=name))
        else:
            named = event("server_migrated", server=name, seconds=round(time.monotonic() - began, 3))
            logger.info("server %s at %s is up to date", name, address, extra=named)
    if failed:
        done = [name for name in servers.urls if name not in failed]
        told = f"; up to date: {', '.join(done)}" if done else ""
        words = "; ".join(f"server {name}: {error}" for name, error in failed.items())
        raise MigrateError(f"{words}{told}; run `edgechat migrate` again when that is mended")


async def _read(settings: Settings) -> ServerMap | None:
    async with open_store(settings) as store:
        return await find_map(store)
