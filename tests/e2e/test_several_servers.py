"""The other commands where there are several servers: a change is made at all or none, and each can be looked into."""

import json
import re

import pytest

from edgechat.feed.database import FeedRefusedError
from edgechat.feed.several import Servers as Feeds
from harness.servers import PostgresServer
from harness.several import BUCKET, Servers

ADD = ("feed", "add", "weather", "--subject", "weather.>", "--column", "city:text")
FEEDS = "select name, state from chat.feed where feed_id > 2 order by feed_id"
NAME = "select name from chat.server"
COLUMNS = """
select c.column_name
from chat.feed_column as c
join chat.feed as f on f.feed_id = c.feed_id
where f.name = 'weather' and c.source = 'message'
order by c.position
"""
END_SESSION = "select pg_terminate_backend(%s)"


def feeds(servers: Servers) -> list[list[tuple[str, str]]]:
    """The added feeds at each."""
    return [servers.execute(name, FEEDS) for name in servers.urls]


def test_a_feed_is_added_changed_and_removed_everywhere(servers: Servers) -> None:
    """By one command each, which tells of each server what there is to tell."""
    told = servers.do(*ADD)
    assert "servers      db1, db2, db3" in told
    for name in servers.urls:
        assert re.search(rf"bridge {name} +none has answered", told), told
    assert feeds(servers) == [[("weather", "active")]] * 3
    servers.do("feed", "pause", "weather")
    servers.do("feed", "add-column", "weather", "degrees:float")
    assert "kept for 3 days" in servers.do("feed", "keep", "weather", "--for", "3 days")
    servers.do("feed", "rename", "weather", "climate")
    assert feeds(servers) == [[("climate", "paused")]] * 3
    assert "climate" in servers.do("feed", "list")
    servers.do("feed", "rename", "climate", "weather")
    assert [servers.execute(name, COLUMNS) for name in servers.urls] == [[("city",), ("degrees",)]] * 3
    removed = servers.do("feed", "remove", "weather", "--rows", "keep")
    assert "its 0 rows at db1, 0 rows at db2, 0 rows at db3 are kept" in removed
    assert feeds(servers) == [[("weather", "removed")]] * 3


def test_where_one_refuses_nothing_is_changed(servers: Servers) -> None:
    """It is named with its reason; one server may be changed alone."""
    servers.execute("db3", "select chat.add_feed('weather', 'other', columns => '{city:text}')")
    refused = servers.run(*ADD)
    assert refused.returncode == 1
    assert "server db3: there is a feed weather already" in refused.stderr
    assert "nothing was changed at any server" in refused.stderr
    assert feeds(servers) == [[], [], [("weather", "active")]]
    servers.do("feed", "remove", "weather", "--rows", "drop", "--server", "db3")
    servers.do(*ADD)
    assert feeds(servers)[0] == [("weather", "active")]
    unknown = servers.run(*ADD, "--server", "db9")
    assert "there is no server 'db9'; there are db1, db2, db3" in unknown.stderr


def test_where_one_is_away_nothing_is_changed(servers: Servers, postgres: PostgresServer) -> None:
    """Nor where it cannot be asked what it would do."""
    postgres.drop(servers.urls["db2"])
    refused = servers.run(*ADD)
    assert refused.returncode == 1
    assert "server db2: " in refused.stderr
    assert servers.execute("db1", FEEDS) == servers.execute("db3", FEEDS) == []


def end_before_commit(servers: Servers, feeds: Feeds, name: str) -> None:
    """Have a server be lost when all have done it and nothing is committed yet."""
    commit = feeds._commit

    def lose() -> None:
        servers.execute(name, END_SESSION, (feeds.connections[name].info.backend_pid,))
        commit()

    feeds._commit = lose  # type: ignore[method-assign]


@pytest.mark.parametrize("name", ["db1", "db3"])
def test_what_a_lost_server_leaves_is_told(servers: Servers, name: str) -> None:
    """The first one leaves nothing; a later one leaves the others changed, and the command for it is told."""
    words = ["feed", "pause", "execution"]
    with Feeds(servers.urls, words) as feeds:
        end_before_commit(servers, feeds, name)
        with pytest.raises(FeedRefusedError) as refused:
            feeds.change("select chat.pause_feed('execution', true)")
    states = [
        servers.execute(each, "select state from chat.feed where name = 'execution'")[0][0] for each in servers.urls
    ]
    if name == "db1":
        assert "nothing was changed at any server" in str(refused.value)
        assert states == ["active"] * 3
    else:
        assert "it is done at db1, db2, and it is not known whether at db3" in str(refused.value)
        assert "run: edgechat feed pause execution --server db3" in str(refused.value)
        assert states == ["paused", "paused", "active"]
        servers.do(*words, "--server", "db3")


def test_one_is_chosen_by_room_or_name(servers: Servers) -> None:
    """For psql and top; the first one unless said otherwise."""
    for arguments, name in (
        ([], "db1"),
        (["--room", "4"], "db2"),
        (["--room", "1026"], "db3"),
        (["--server", "db3"], "db3"),
    ):
        assert servers.do("psql", *arguments, "-At", "-c", NAME) == f"{name}\n"
    assert "there is no server 'db9'" in servers.run("psql", "--server", "db9").stderr
    told = json.loads(servers.do("top", "--once", "--json", "--no-cost", "--interval", "0.1", "--server", "db2"))
    assert told["server"] == "db2"
    head = servers.do("top", "--once", "--no-cost", "--interval", "0.1").splitlines()[0]
    assert head.startswith("edgechat top of the server db1, others by --server, over the last")


def test_one_server_has_no_names(servers: Servers) -> None:
    """Without a map everything is as ever, and a name is refused."""
    alone = servers.do("psql", "--room", "4", "-At", "-c", "select current_database()", SERVER_MAP="")
    assert alone == servers.urls["db1"].rpartition("/")[2] + "\n"
    for command in (("psql", "--server", "db1"), ("feed", "list", "--server", "db1"), ("top", "--server", "db1")):
        assert "there is one server only, and no 'db1'" in servers.run(*command, SERVER_MAP="").stderr


def test_status_has_lines_for_each(servers: Servers, postgres: PostgresServer) -> None:
    """And one for the map, which may be away itself."""
    shown = servers.run("status").stdout
    for name in servers.urls:
        assert re.search(rf"(?m)^postgres {name} +up .*/{servers.urls[name].rpartition('/')[2]} ", shown), shown
        assert re.search(rf"(?m)^kept {name} +up ", shown)
    assert re.search(rf"(?m)^servers +up +map {BUCKET} +version 5, slots: db1 has 342, db2 has 341", shown)
    for name in servers.urls:
        words = "no bridge carries the feeds to it"
        assert re.search(rf"(?m)^server {name} +FAULT +{servers.address(name)} +{words}", shown), shown
    told = [(each["name"], each["slots"], each["rooms"], each["has_bridge"]) for each in servers.status()["servers"]]
    assert told == [("db1", 342, 0, False), ("db2", 341, 0, False), ("db3", 341, 0, False)]
    postgres.drop(servers.urls["db2"])
    shown = servers.run("status").stdout
    assert re.search(r"(?m)^postgres db2 +DOWN ", shown)
    assert re.search(r"(?m)^server db2 +DOWN .* slots: 341, whose rooms are away", shown)
    assert re.search(r"(?m)^postgres db3 +up ", shown)
    alone = servers.run("status", SERVER_MAP="").stdout
    assert not re.search(r"(?m)^server", alone)
    assert "servers" not in json.loads(servers.run("status", "--json", SERVER_MAP="").stdout)
    shown = servers.run("status", SERVER_MAP="other").stdout
    assert re.search(r"(?m)^servers +DOWN +map other +there is no map of servers in 'other'", shown)
    assert re.search(r"(?m)^postgres +up ", shown)


def test_a_new_server_keeps_out_whom_the_others_do(servers: Servers, postgres: PostgresServer) -> None:
    """A ban in all rooms holds on a server that is added later, once, however often it is added."""
    servers.execute("db1", "select chat.ban_member('eve', null, '1 hour', 'spam')")
    servers.urls["db4"] = postgres.create_migrated()
    for _ in range(2):
        servers.add("db4")
    [ban] = servers.execute("db4", "select name, room, reason from chat.bans")
    assert ban == ("eve", None, "spam")
