"""The map of servers: what may stand in it, how it changes, and how slots are dealt."""

import json
from collections import Counter

import pytest

from edgechat.server.dealing import deal, mend, shown, unheld
from runtime.server_map import SLOTS, MapError, ServerMap, slot_of, with_account, without_account

DB1 = "postgresql://127.0.0.1:5444/chat"
DB2 = "postgresql://127.0.0.1:5445/chat"


def of_two() -> ServerMap:
    """The even slots at db1, the odd ones at db2."""
    servers = ServerMap.of_first("db1", DB1).with_server("db2", DB2)
    return servers.with_slots(dict.fromkeys(range(1, SLOTS, 2), "db2"))


def test_it_is_read_as_it_was_written() -> None:
    """Servers in their order, all slots, and no login."""
    servers = ServerMap.of_first("db1", DB1.replace("//", "//adam:secret@")).with_server("db2", DB2)
    text = servers.serialize()
    assert "secret" not in text
    assert ServerMap.parse(text) == servers
    assert ServerMap.parse(of_two().serialize().encode()) == of_two()


@pytest.mark.parametrize(
    "change",
    [
        {"version": "new"},
        {"servers": ["db1"]},
        {"slots": [0] * 1023},
        {"slots": [1] * 1024},
        {"slots": 3},
    ],
)
def test_what_is_no_map_is_refused(change: dict[str, object]) -> None:
    """With its reason."""
    told = json.loads(ServerMap.of_first("db1", DB1).serialize())
    with pytest.raises(MapError, match="the map of servers"):
        ServerMap.parse(json.dumps(told | change))
    with pytest.raises(MapError, match="cannot be read"):
        ServerMap.parse("no JSON")


def test_rooms_belong_to_slots() -> None:
    """By their number: those that follow each other are dealt to all."""
    servers = of_two()
    assert [servers.server_of(room) for room in (0, 1, 2, 1023, 1024, 1025)] == [
        "db1",
        "db2",
        "db1",
        "db2",
        "db1",
        "db2",
    ]
    assert servers.slots_of("db2")[:3] == [1, 3, 5]
    assert slot_of(5000) == 5000 % 1024


def test_each_change_is_a_version() -> None:
    """And leaves the former map as it was."""
    first = ServerMap.of_first("db1", DB1)
    assert (first.version, of_two().version) == (1, 3)
    assert dict(first.urls) == {"db1": DB1}
    moved = of_two().with_url("db1", "postgresql://db:5444/chat")
    assert list(moved.urls.items()) == [("db1", "postgresql://db:5444/chat"), ("db2", DB2)]
    assert moved.slots == of_two().slots


@pytest.mark.parametrize(
    ("name", "url", "words"),
    [
        ("db1", "postgresql://elsewhere/chat", "there is a server 'db1' already"),
        ("db3", DB1.replace("//", "//adam:secret@"), "is server 'db1' already"),
        ("DB 3", "postgresql://elsewhere/chat", "cannot be a server's name"),
        ("db3", "http://elsewhere/chat", "no URL of a Postgres"),
        ("db3", "postgresql://elsewhere/chat?sslmode=require&password=secret", "leave it out"),
    ],
)
def test_a_server_that_cannot_be_added_is_refused(name: str, url: str, words: str) -> None:
    """With what is wrong, and without a password."""
    with pytest.raises(MapError, match=words) as refused:
        of_two().with_server(name, url)
    assert "secret" not in str(refused.value)


def test_a_slot_goes_to_a_server_that_there_is() -> None:
    """Others are named."""
    with pytest.raises(MapError, match="there is no server 'db9'; there are db1, db2"):
        of_two().with_slots({1: "db9"})
    with pytest.raises(MapError, match="is server 'db2' already"):
        of_two().with_url("db1", DB2)


def test_all_servers_have_the_same_login() -> None:
    """It is put in and taken out, whatever the rest of the URL is; of several hosts, too."""
    url = "postgresql://a:5432,b:5433/chat?sslmode=require"
    full = "postgresql://adam:p%40ss@a:5432,b:5433/chat?sslmode=require"
    assert without_account(full) == url
    assert with_account(url, "postgresql://adam:p%40ss@elsewhere/other") == full
    assert with_account(full, "postgresql://elsewhere/other") == url


def test_empty_slots_are_dealt_round() -> None:
    """So rooms 0, 1, 2, … are spread, whoever has them now."""
    dealt = deal(["db1", "db2", "db3"], {}, dict.fromkeys(range(SLOTS), "db1"))
    assert [dealt[slot] for slot in range(5)] == ["db1", "db2", "db3", "db1", "db2"]
    assert Counter(dealt.values()) == {"db1": 342, "db2": 341, "db3": 341}


@pytest.mark.parametrize("rooms", [5, 300, 800, 1024])
def test_slots_with_rooms_stay(rooms: int) -> None:
    """The others make up for it as far as there are any, and only what goes to the new server changes hands."""
    fixed = dict.fromkeys(range(rooms), "db1")
    present = dict.fromkeys(range(rooms, SLOTS), "db1")
    names = ["db1"]
    for name in ("db2", "db3"):
        names.append(name)
        dealt = deal(names, fixed, present)
        assert fixed.keys() | dealt.keys() == set(range(SLOTS))
        assert not fixed.keys() & dealt.keys()
        assert {dealt[slot] for slot in dealt if dealt[slot] != present[slot]} <= {name}
        present = dealt
    counts = Counter([*fixed.values(), *dealt.values()])
    assert counts["db1"] == max(342, rooms)
    assert abs(counts["db2"] - counts["db3"]) <= 1
    # Spread: rooms that come are not all on one.
    if rooms < 800:
        assert len({dealt[slot] for slot in range(rooms, rooms + 10)}) > 1


def test_an_interrupted_deal_comes_to_the_same() -> None:
    """Slots that nobody holds go to those who lack some, and all else stays."""
    fixed = dict.fromkeys(range(5), "db1")
    present = dict.fromkeys(range(5, SLOTS), "db1")
    dealt = deal(["db1", "db2"], fixed, present)
    given = {slot: name for slot, name in present.items() if dealt[slot] == name}
    assert deal(["db1", "db2"], fixed, given) == dealt
    assert deal(["db1", "db2"], fixed, dealt) == dealt


def test_what_disagrees_is_mended() -> None:
    """The map follows who holds a slot; who is said to be right gets its own that nobody holds, and only these."""
    servers = of_two()
    held = {name: set(servers.slots_of(name)) for name in servers.urls}
    assert mend(servers, held, "db2") == mend(servers, held, "db1")
    assert not unheld(servers, held)
    held["db1"] -= {0, 2, 4}
    held["db2"] = held["db2"] - {1} | {4, 6}
    assert unheld(servers, held) == [0, 1, 2]
    first, second = mend(servers, held, "db1"), mend(servers, held, "db2")
    assert (first.follow, first.hold, first.give_up) == ({4: "db2"}, [0, 2], [])
    assert (second.follow, second.hold, second.give_up) == ({4: "db2"}, [1], [6])


def test_many_slots_are_shown_in_few_words() -> None:
    """Those that follow each other together, and no more than ten."""
    assert shown([9, 0, 1, 2, 4]) == "0-2, 4, 9"
    assert shown(range(0, 40, 2)).endswith("16, 18 and 10 more")
