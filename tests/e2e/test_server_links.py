"""The views of all servers, where servers cannot look into each other: embedded ones have no postgres_fdw."""

from collections.abc import Iterator

import psycopg2
import pytest
from nats.aio.client import Client

from edgechat.server.linking import options_of
from harness.rooms import Rooms
from harness.servers import PostgresServer
from harness.several import Servers, several
from servers.nats import EmbeddedNats

ALL = "select * from chat.{}"
OPEN_ROOMS = "select chat.configure_rooms('{4,4}')"
MISSING = "postgres_fdw is not installed with that Postgres"


@pytest.fixture
def servers(postgres: PostgresServer, nats_server: EmbeddedNats, nats_client: Client) -> Iterator[Servers]:
    """Two databases and no map yet."""
    with several(postgres, nats_server.url, 2) as servers:
        yield servers


@pytest.mark.parametrize("view", ["room_filters", "filter_cost"])
async def test_one_server_shows_itself(rooms: Rooms, database: str, view: str) -> None:
    """Under no name, with the same columns behind it."""
    await rooms.open(4, 4)
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(ALL.format(view))
        columns, rows = [column.name for column in cursor.description], cursor.fetchall()
        cursor.execute(ALL.format(f"all_{view}"))
        assert [column.name for column in cursor.description] == ["server", *columns]
        assert sorted(cursor.fetchall(), key=str) == sorted(((None, *row) for row in rows), key=str)
    connection.close()


def test_what_is_missing_is_told(servers: Servers) -> None:
    """In a line, by `add` and by `migrate`, with what to install; each shows its own rooms, under its name."""
    servers.execute("db1", OPEN_ROOMS)
    assert "all_room_filters" not in servers.add("db1")
    told = servers.add("db2")
    assert f"all_room_filters and all_filter_cost do not show all servers at db1, db2: {MISSING}" in told
    migrated = servers.run("migrate")
    assert migrated.returncode == 0
    assert migrated.stderr.count(MISSING) == 1
    shown = "select distinct server, room from chat.all_room_filters order by room"
    assert servers.execute("db1", shown) == [("db1", 0), ("db1", 1)]
    assert servers.execute("db2", shown) == []
    assert "inspectorpwd" not in told + migrated.stderr


def test_servers_are_added_at_once(servers: Servers) -> None:
    """Nobody sees the map before all are in it; words that make no pairs are refused."""
    pairs = [word for name in servers.urls for word in (name, servers.address(name))]
    refused = servers.run("server", "add", *pairs[:3])
    assert refused.returncode == 1
    assert "db2 has no URL" in refused.stderr
    assert "is there for all to see, with db1, db2" in servers.do("server", "add", *pairs)
    listed = servers.listed()
    assert [server["slots"] for server in listed["servers"]] == [512, 512]
    assert servers.do("server", "add", "--if-new", *pairs).count("nothing to do") == 2
    assert servers.listed() == listed


def test_a_url_becomes_options() -> None:
    """Without the login, and with a primary to look for where there are several hosts."""
    account = "postgresql://zoe:secret@elsewhere/other"
    options = options_of("postgresql://db1:5433/chat?sslmode=require", account)
    assert (options["host"], options["port"], options["dbname"], options["sslmode"]) == (
        "db1",
        "5433",
        "chat",
        "require",
    )
    assert "secret" not in str(options)
    assert "user" not in options
    assert options_of("postgresql://a,b/chat", account)["target_session_attrs"] == "read-write"
    assert options_of("postgresql://a", account) | {"port": "5432", "dbname": "zoe"} == options_of(
        "postgresql://a", account
    )
