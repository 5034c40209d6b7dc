"""Several servers in place of one: databases beside the test's own, and the map that deals the rooms over them.

With EDGECHAT_TEST_SERVERS=3 all tests that start parts run on three servers. Those are databases of one Postgres, which
share nothing that matters here: notifications, locks, roles' rights and sequences are each database's own.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
import pytest

from runtime.map_store import open_store
from runtime.server_map import SLOTS, ServerMap, without_account
from runtime.settings import load

one_server = pytest.mark.parametrize("server_count", [1])
"""For a test that looks into its one database, or is about a gateway which has no other."""
NUMBER = int(os.environ.get("EDGECHAT_TEST_SERVERS", "1"))
"""On how many servers tests run that say nothing about it."""
BUCKET = "test-servers"
NAME_SERVER = "select chat.name_server(%s, %s)"


def deal(urls: Sequence[str], nats_url: str) -> ServerMap:
    """Name the databases s1, s2, … and give them the rooms in turn; the map, which is in the store then."""
    names = [f"s{number}" for number in range(1, len(urls) + 1)]
    slots = tuple(names[slot % len(names)] for slot in range(SLOTS))
    servers = ServerMap(1, {name: without_account(url) for name, url in zip(names, urls, strict=True)}, slots)
    for name, url in zip(names, urls, strict=True):
        with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(NAME_SERVER, (name, servers.slots_of(name)))
    # A loop may run here already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_keep(servers, nats_url))).result()
    return servers


def settings(nats_url: str) -> Mapping[str, str]:
    """What has a part go by the map."""
    return {"SERVER_MAP": BUCKET, "NATS_URL": nats_url}


async def _keep(servers: ServerMap, nats_url: str) -> None:
    async with open_store(load(settings(nats_url))) as store:
        await store.create(servers)
