"""Filters that come and go leave nothing in Postgres's own tables but what is cleared from them."""

import psycopg2

from harness.rooms import Rooms
from harness.servers import PostgresServer

CATALOG = ("pg_class", "pg_attribute", "pg_type", "pg_depend", "pg_rewrite", "pg_proc")
CHANGES = 80
ROWS = "select count(*) from pg_catalog.{}"
SIZE = "select sum(pg_total_relation_size(c))::bigint from unnest(%s::regclass[]) as c"


def vacuum(postgres: PostgresServer, database: str) -> int:
    """Clear the catalog of dead rows, as autovacuum does; how large it is then."""
    url = f"{postgres.server.superuser_url.rpartition('/')[0]}/{database.rpartition('/')[2]}"
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for table in CATALOG:
                cursor.execute(f"vacuum pg_catalog.{table}")
            cursor.execute(SIZE, [list(CATALOG)])
            return int(cursor.fetchone()[0])
    finally:
        connection.close()


async def change(rooms: Rooms, first: int) -> None:
    """Set so many filters, none of which was there before."""
    for number in range(first, first + CHANGES):
        await rooms.set_filters("adam", sport=f"sport = {number}")


async def test_the_catalog_stays_as_large_as_it_is(rooms: Rooms, postgres: PostgresServer, database: str) -> None:
    """After many changes of filters there are as many rows in it as before, and their places are used again."""
    await rooms.open(4)
    await rooms.join("adam")
    await change(rooms, 0)
    before = [await rooms.connection.fetchval(ROWS.format(table)) for table in CATALOG]
    size = vacuum(postgres, database)
    for round_number in range(1, 4):
        await change(rooms, round_number * CHANGES)
        assert [await rooms.connection.fetchval(ROWS.format(table)) for table in CATALOG] == before
        assert vacuum(postgres, database) < 1.1 * size
