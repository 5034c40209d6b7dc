"""`edgechat server`: databases become servers of one map, and what disagrees is told and mended."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from nats.aio.client import Client

from harness.servers import PostgresServer
from harness.several import BUCKET, Servers, several
from runtime.interface import INTERFACE_VERSION
from runtime.server_map import SLOTS
from servers.nats import EmbeddedNats

OPEN_ROOMS = "select chat.configure_rooms('{4,4,4,4,4}')"
ADD_WEATHER = "select chat.add_feed('weather', 'weather.>', columns => '{city:text,degrees:float=temp}')"
ADD_LINES = "select chat.add_feed('lines', 'lines', 'text')"
KEEP = "select chat.keep_feed('weather', '3 days', '20MB'), chat.pause_feed('weather')"
LIST_FEEDS = """
select f.name, f.subject, f.format, f.state, f.keep_for::text, f.keep_bytes, (
  select array_agg(c.column_name || ':' || c.type_name || '=' || c.field_name order by c.position)
  from chat.feed_column as c
  where c.feed_id = f.feed_id
)
from chat.feed as f
order by f.name
"""
SET_POSITION = "insert into chat.feed_position (stream, epoch, last_seq) values ('CHATFEED', 'today', 77)"
LIST_POSITIONS = "select stream, epoch, last_seq from chat.feed_position"
MOVE_SLOT = "insert into chat.slot values (0); delete from chat.slot where slot in (1, 4)"


@pytest.fixture
def servers(postgres: PostgresServer, nats_server: EmbeddedNats, nats_client: Client) -> Iterator[Servers]:
    """Three databases and no map yet."""
    with several(postgres, nats_server.url) as servers:
        yield servers


def slots(servers: Servers) -> dict[str, int]:
    """How many slots each server has in the map."""
    return {server["name"]: server["slots"] for server in servers.listed()["servers"]}


def test_slots_without_rooms_are_dealt(servers: Servers) -> None:
    """Each step is told with its time, and what stays where it is; to add a server again changes nothing."""
    servers.execute("db1", OPEN_ROOMS)
    first = servers.add("db1")
    assert f"made the map {BUCKET}" in first
    assert slots(servers) == {"db1": SLOTS}
    second, third = servers.add("db2"), servers.add("db3")
    for told in (second, third):
        assert "slots with rooms stay where they are: db1 has 0-4" in told
        assert " s\n" in told
    assert slots(servers) == {"db1": 342, "db2": 341, "db3": 341}
    held = [servers.held(name) for name in servers.urls]
    assert set().union(*held) == set(range(SLOTS))
    assert sum(map(len, held)) == SLOTS
    assert {0, 1, 2, 3, 4} <= held[0]
    found = servers.listed()
    assert [(server["rooms"], server["members"]) for server in found["servers"]] == [(5, 0), (0, 0), (0, 0)]
    assert "nothing was left to do" in servers.add("db2")
    assert "nothing to do" in servers.do("server", "add", "--if-new", "db2", servers.address("db2"))
    assert servers.listed() == found
    assert "chatservicepwd" not in first + second + third + servers.do("server", "list")


def test_an_empty_database_is_brought_up_to_date(servers: Servers, postgres: PostgresServer) -> None:
    """With the feeds of the others, as these are, and from where they have read the streams."""
    for statement in (ADD_WEATHER, ADD_LINES, KEEP, SET_POSITION):
        servers.execute("db1", statement)
    postgres.drop(servers.urls["db2"])
    servers.urls["db2"] = postgres.create_empty()
    servers.add("db1")
    told = servers.add("db2")
    assert f"brought up to date: it has interface {INTERFACE_VERSION} now" in told
    assert "feeds added, as db1 has them: weather, lines" in told
    assert servers.execute("db2", LIST_FEEDS) == servers.execute("db1", LIST_FEEDS)
    assert servers.execute("db2", LIST_POSITIONS) == [("CHATFEED", "today", 77)]
    assert slots(servers) == {"db1": 512, "db2": 512}


def test_what_cannot_be_is_refused(servers: Servers) -> None:
    """In a line that says why; the map stays as it was."""
    servers.add("db1")
    servers.execute("db2", OPEN_ROOMS)
    nowhere = "postgresql://127.0.0.1:1/nowhere"
    for words, *arguments in (
        ("SERVER_MAP is not set", "list", "", ""),
        ("has rooms already", "add", "db2", servers.address("db2")),
        ("there is a server 'db1' already", "add", "db1", servers.address("db3")),
        ("is server 'db1' already", "add", "db4", servers.address("db1")),
        ("cannot be reached", "add", "db4", nowhere),
        ("cannot be a server's name", "add", "No 4", nowhere),
        ("no URL of a Postgres", "add", "db4", "http://nowhere"),
    ):
        given = [argument for argument in arguments if argument]
        refused = servers.run("server", *given, **({"SERVER_MAP": ""} if "not set" in words else {}))
        assert refused.returncode == 1, words
        assert words in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    assert "there is no map of servers" in servers.run("server", "list", SERVER_MAP="other").stderr
    assert servers.listed()["version"] == 1


def test_a_newer_database_is_left_alone(servers: Servers) -> None:
    """Its functions would be replaced by older ones."""
    servers.add("db1")
    newer = "create or replace function chat.interface_version() returns integer language sql immutable as 'select 99'"
    servers.execute("db2", newer)
    refused = servers.run("server", "add", "db2", servers.address("db2"))
    assert "it was migrated by a newer version" in refused.stderr
    assert slots(servers) == {"db1": SLOTS}


def test_only_one_deals_at_a_time(servers: Servers) -> None:
    """The other one is told, or comes later; in the end no slot is with two."""
    servers.add("db1")

    def add(name: str) -> str:
        done = servers.run("server", "add", name, servers.address(name))
        assert done.returncode == 0 or "another `edgechat server add` is at work" in done.stderr, done.stderr
        return name if done.returncode else ""

    with ThreadPoolExecutor() as pool:
        refused = [name for name in pool.map(add, ("db2", "db3")) if name]
    servers.add(*refused)
    assert slots(servers) == {"db1": 342, "db2": 341, "db3": 341}
    assert servers.listed()["faults"] == []


def test_what_disagrees_is_told_and_mended(servers: Servers, postgres: PostgresServer) -> None:
    """After a restore, for instance: the command that is told does it."""
    servers.add("db1", "db2")
    servers.execute("db2", MOVE_SLOT.replace("4", "3"))
    servers.execute("db1", "insert into chat.slot values (3)")
    lost, followed, doubled = servers.listed()["faults"]
    assert "slots 1 are db2's in the map, and it does not hold them; nobody does" in lost
    assert "slots 3 are db2's in the map, and it does not hold them; db1 does" in followed
    assert "slots 0 are held by db1 and db2, and in the map they are db1's" in doubled
    again = f"`edgechat server add db2 {servers.address('db2')}`"
    assert f"{again} gives them to db2" in lost
    assert f"{again} has db2 give up those" in doubled
    told = servers.add("db2")
    assert "given the slots 1, which nobody held" in told
    assert "the map follows who holds the slots 3" in told
    assert servers.listed()["faults"] == []
    servers.execute("db2", "update chat.server set name = null; delete from chat.slot")
    assert any("does not know that it is a server" in fault for fault in servers.listed()["faults"])
    servers.add("db2")
    assert servers.listed()["faults"] == []


def test_a_server_that_is_away_is_told(servers: Servers, postgres: PostgresServer) -> None:
    """With why; what is known of the others is told as ever."""
    servers.add("db1", "db2")
    postgres.drop(servers.urls["db2"])
    shown = servers.run("server", "list")
    assert shown.returncode == 1
    assert "server db2 " in shown.stdout
    assert "does not exist" in shown.stdout
    found = servers.listed()
    assert [(server["is_up"], server["rooms"]) for server in found["servers"]] == [(True, 0), (False, None)]
    assert found["faults"] == []
    refused = servers.run("server", "add", "db3", servers.address("db3"))
    assert "server db2 " in refused.stderr
    assert found == servers.listed()


def test_a_server_may_move(servers: Servers) -> None:
    """To where its database is; the map has the new address."""
    servers.add("db1", "db2")
    moved = servers.address("db2").replace("127.0.0.1", "localhost")
    assert f"it has moved from {servers.address('db2')}" in servers.do("server", "add", "--if-new", "db2", moved)
    assert [server["address"] for server in servers.listed()["servers"]] == [servers.address("db1"), moved]


async def test_a_lost_map_is_made_again(servers: Servers, nats_client: Client) -> None:
    """Of what the servers hold; nobody new gets slots that belong to one that is not back yet."""
    servers.add("db1", "db2")
    held = {name: servers.held(name) for name in ("db1", "db2")}
    await nats_client.jetstream().delete_key_value(BUCKET)
    assert "add the servers again that do" in servers.add("db1")
    refused = servers.run("server", "add", "db3", servers.address("db3"))
    assert "are held by no server now" in refused.stderr
    assert "in the map again" in servers.add("db2")
    assert servers.listed()["faults"] == []
    assert held == {name: servers.held(name) for name in ("db1", "db2")}
    servers.add("db3")
    assert slots(servers) == {"db1": 342, "db2": 341, "db3": 341}


def test_all_are_brought_up_to_date(servers: Servers, postgres: PostgresServer) -> None:
    """One after the other, with a line each; one that is away keeps no other one from it."""
    before = servers.run("migrate")
    assert (before.returncode, "there is no map" in before.stderr) == (0, True)
    servers.add("db1", "db2", "db3")
    for name in servers.urls:
        servers.execute(name, "drop function chat.tell_rooms")
    postgres.drop(servers.urls["db2"])
    failed = servers.run("migrate")
    assert failed.returncode == 1
    assert "server db2: cannot connect" in failed.stderr.splitlines()[-1]
    assert "up to date: db1, db3" in failed.stderr.splitlines()[-1]
    for name in ("db1", "db3"):
        assert f"server {name} at {servers.address(name)} is up to date" in failed.stderr
        servers.execute(name, "select chat.tell_rooms()")
