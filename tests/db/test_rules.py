"""An operator narrows what filters may do, at once; what is remembered of verdicts is bounded."""

import asyncio
import re
from pathlib import Path

import asyncpg
import pytest

from harness.rooms import SET_ROOM_FILTERS, Rooms, make_execution

DOCUMENT = Path(__file__).parents[2] / "docs" / "filters.md"
JUDGE_CLAUSE = "select filter_id, reason from chat.judge_clause($1, $2)"
VERDICTS = "select count(*) from chat.filter_verdict"
FILTERS = "select count(*) from chat.filter where canonical not in ('true', 'false')"


FORGET = "select chat.forget_verdicts()"
# By Marc Stevens: letters and digits only, so they could stand in literals.
EQUAL_SUMS = [f"TEXTCOLLBYfGiJUETHQ4h{letter}cKSMd5zYpgqf1YRDhkmxHkhPWptrkoyz28wnI9V0aHeAuaKnak" for letter in "AE"]


async def judge(connection: asyncpg.Connection, clause: str) -> str | None:
    """The reason why a clause may not be a filter of the trades."""
    row = await connection.fetchrow(JUDGE_CLAUSE, 2, clause)
    assert row is not None
    await connection.execute(FORGET)
    assert (row["filter_id"] is None) is not (row["reason"] is None)
    return None if row["reason"] is None else str(row["reason"])


@pytest.mark.parametrize(
    ("clause", "narrow", "reason"),
    [
        ("upper(symbol) = 'A'", "delete from chat.allowed_function where signature = 'upper(text)'", "upper(text)"),
        ("upper(symbol) = 'A'", "delete from chat.allowed_word where word = 'upper'", "no function `upper`"),
        ("price * 2 > 1", "delete from chat.allowed_function where signature like '%mul(%'", "is not allowed"),
        ("symbol like 'A%'", "delete from chat.allowed_function where signature = 'textlike(text,text)'", "textlike"),
        ("symbol like 'A%'", "delete from chat.allowed_word where word = 'like'", "`like` is not allowed"),
        ("case when price > 1 then true end", "delete from chat.allowed_node where node = 'CASEEXPR'", "caseexpr"),
        ("executionEpoch > 1", "delete from chat.allowed_type where type_name = 'bigint'", "type bigint"),
        ("market = 'A'", "delete from chat.feed_column where column_name = 'market'", "no column `market`"),
        ("price > 1 or price < 0", "update chat.setting set max_clause_nodes = 3", "at most 3 are allowed"),
        ("price > 1 or price < 0", "update chat.setting set max_clause_bytes = 10", "at most 10 are allowed"),
        ("price * 2 / 3 > 1", "update chat.setting set max_number_calls = 1", "2 times (+ - * / % or rounding)"),
        ("symbol like 'a!%' escape '!'", "delete from chat.allowed_word where word = 'escape'", "no operator `escape`"),
        (
            "round(price, 2) > 1",
            "update chat.allowed_function set max_pattern = 1 where max_pattern = 15",
            "from -1 to 1",
        ),
        ("price > 1", "update chat.setting set max_row_time = '0'", "too slow"),
        (
            "10 / (price + 8) > 1",
            "update chat.probe_value set value = '-8' where type_name = 'numeric'",
            "divides by zero",
        ),
        ("price > 1", "truncate chat.allowed_node", "is not allowed"),
    ],
)
async def test_narrowed_rules_hold_at_once(
    connection: asyncpg.Connection, clause: str, narrow: str, reason: str
) -> None:
    """A clause that was accepted a moment ago is refused from the change on, and again accepted when it is undone."""
    assert await judge(connection, clause) is None
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(narrow)
    assert reason in (await judge(connection, clause) or "")
    await transaction.rollback()
    assert await judge(connection, clause) is None


async def test_a_verdict_made_meanwhile(connection: asyncpg.Connection, database: str) -> None:
    """A verdict made by the old rules while a change was being made does not outlive it."""
    other = await asyncpg.connect(database)
    try:
        async with other.transaction():
            await other.execute("delete from chat.allowed_function where signature = 'upper(text)'")
            assert await judge(connection, "upper(symbol) = 'A'") is None
        assert await judge(connection, "upper(symbol) = 'A'") is not None
    finally:
        await other.close()


async def test_verdicts_are_remembered(connection: asyncpg.Connection) -> None:
    """The same text is decided once while its verdict is remembered, accepted or refused, and again after that.

    What the words stage refuses is not remembered: to read it again costs no more than to look it up.
    """
    newest = "select max(verdict_id) from chat.filter_verdict"
    for clause in ("price > 1", "price + 1"):
        await judge(connection, clause)
        decided = await connection.fetchval(newest)
        await judge(connection, clause)
        assert await connection.fetchval(newest) == decided
        await connection.execute("update chat.filter_verdict set decided_at = decided_at - interval '11 minutes'")
        await judge(connection, clause)
        assert await connection.fetchval(newest) > decided


async def test_memory_of_verdicts_is_bounded_in_rows(connection: asyncpg.Connection) -> None:
    """Never more verdicts than allowed, nor filters that nothing but a forgotten verdict knew; NONE and ALL stay."""
    await connection.execute("update chat.setting set max_verdicts = 20")
    await judge(connection, "true")
    await judge(connection, "false")
    for number in range(100):
        assert await judge(connection, f"price > {number}") is None
        assert await judge(connection, f"price > {number} and symbol") is not None
    assert await connection.fetchval(VERDICTS) <= 20
    assert await connection.fetchval(FILTERS) <= 10
    assert await connection.fetchval("select count(*) from chat.filter where canonical in ('true', 'false')") == 4


async def test_memory_of_verdicts_is_bounded_in_age(connection: asyncpg.Connection) -> None:
    """Verdicts past their time go, some with each new one; the outline of a clause is one of them."""
    for number in range(30):
        await judge(connection, f"price > {number}")
    await connection.execute("update chat.filter_verdict set decided_at = decided_at - interval '11 minutes'")
    await judge(connection, "price > 50.5")
    await judge(connection, "price > 51.5")
    assert await connection.fetchval(VERDICTS) == 3
    assert await connection.fetchval(FILTERS) == 2


async def test_both_filters_are_taken_with_no_memory_at_all(rooms: Rooms) -> None:
    """With a memory of no time at all both filters of a request are taken, though the second follows the first."""
    await rooms.connection.execute("update chat.setting set verdict_memory = '0'")
    await rooms.open(4)
    await rooms.join("adam")
    for number in range(3):
        await rooms.set_filters("adam", f"sport > {number}", f"price > {number}")
        await rooms.store_executions([make_execution(price=number + 0.5)])
    assert await rooms.feed_keys(0, 2) == [1, 2, 3]
    assert await rooms.connection.fetchval(VERDICTS) <= 1


async def test_clauses_with_equal_sums_are_told_apart(connection: asyncpg.Connection) -> None:
    """Two texts that have one MD5 sum are two filters."""
    assert await connection.fetchval("select md5($1) = md5($2)", *EQUAL_SUMS)
    ids = [await connection.fetchval("select chat.save_filter(2, $1, null)", text) for text in EQUAL_SUMS]
    assert ids[0] != ids[1]


async def test_a_canceled_judgement_is_no_verdict(connection: asyncpg.Connection) -> None:
    """A clause whose trial somebody breaks off has no verdict: the next try gives one."""
    clause = " or ".join(f"symbol ilike '%{number}%'" for number in range(30))
    await connection.execute("set statement_timeout = '1ms'")
    with pytest.raises(asyncpg.QueryCanceledError):
        await judge(connection, clause)
    await connection.execute("reset statement_timeout")
    assert await judge(connection, clause) is None


async def test_too_long_as_postgres_writes_it(connection: asyncpg.Connection) -> None:
    """A clause that Postgres blows up is refused: every router that has it would be as large."""
    reason = await judge(connection, f"'{'x' * 1400}' in ({', '.join(['market'] * 60)})")
    assert reason is not None
    assert re.fullmatch(r"the clause has \d+ bytes as Postgres writes it, at most 12000 are allowed.*", reason)


async def test_what_a_room_has_stays(rooms: Rooms) -> None:
    """A filter that a room has or had is kept when its verdict is forgotten."""
    await rooms.connection.execute("update chat.setting set max_verdicts = 2")
    await rooms.open(4)
    await rooms.join("adam")
    await rooms.set_filters("adam", execution="price > 49")
    await rooms.set_filters("adam", execution="price > 50")
    for number in range(30):
        await judge(rooms.connection, f"price < {number}")
    await rooms.store_executions([make_execution(price=50.0), make_execution(price=51.0)])
    assert await rooms.feed_keys(0, 2) == [2]
    assert await rooms.connection.fetchval("select count(*) from chat.filter_history where clause = 'price > 49'") == 1


async def test_clauses_may_be_judged_at_once(database: str) -> None:
    """Many who set few filters while everything is forgotten at once: nobody stops anybody."""
    connections = [await asyncpg.connect(database) for _ in range(4)]
    try:
        first = Rooms(connections[0])
        await first.connection.execute("update chat.setting set max_verdicts = 1")
        await first.open(4, 4, 4, 4)
        for number in range(4):
            await first.join(f"user{number}", number)
        await asyncio.gather(*(hammer(connections[number], first.gateway_id, number) for number in range(4)))
    finally:
        for connection in connections:
            await connection.close()


async def hammer(connection: asyncpg.Connection, gateway_id: int, number: int) -> None:
    """Set and judge filters that the others set and judge, too."""
    rooms = Rooms(connection)
    rooms.gateway_id = gateway_id
    for turn in range(60):
        clause = f"price > {(turn * 7 + number) % 5}"
        await judge(connection, clause)
        if turn % 3 == 0:
            await rooms.set_filters(f"user{number}", execution=clause)


async def test_every_table_of_rules_is_documented(connection: asyncpg.Connection) -> None:
    """The statements of docs/filters.md work and each changes something; the settings and tables it names are there."""
    text = DOCUMENT.read_text()
    (block,) = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    for line in block.splitlines():
        changed = await connection.execute(line)
        assert int(changed.split()[-1]) > 0, line
    setting = await connection.fetchrow("select * from chat.setting")
    assert setting is not None
    limits = [
        name for row in re.findall(r"^\| (`.*?`) \| \d", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    ]
    assert len(limits) == 13
    assert set(limits) <= set(setting.keys())


async def test_words_are_read_once(rooms: Rooms) -> None:
    """The second call of a request does not read the words again, and the first is the last if they are refused."""
    await rooms.open(4)
    await rooms.join("adam")
    arguments = (rooms.gateway_id, "adam", [1, 2], ["sport = 3", "stateSymbol = 'PA'"])
    first = await rooms.connection.fetchrow(SET_ROOM_FILTERS, *arguments, [])
    assert first is not None
    assert [guard.rpartition("where")[2].split() for guard in first["guards"]] == [
        ["(", "sport", "=", "3", ")"],
        ["(", "state_symbol", "=", "'PA'", ")"],
    ]
    await rooms.connection.execute("alter function chat.read_clause rename to read_clause_no_more")
    row = await rooms.connection.fetchrow(SET_ROOM_FILTERS, *arguments, first["guards"])
    assert row is not None
    assert row["seq"] is not None
    await rooms.connection.execute("alter function chat.read_clause_no_more rename to read_clause")

    await rooms.connection.execute("delete from chat.allowed_word where word = 'like'")
    refused = await rooms.connection.fetchrow(SET_ROOM_FILTERS, *arguments[:3], ["SAME", "market like 'A'"], [])
    assert refused is not None
    assert refused["refusal"] is not None
    assert refused["guards"] is None


@pytest.mark.parametrize("prepared", [[], [None], ["", None], ["select true"]])
async def test_a_clause_without_its_guard_is_not_judged(rooms: Rooms, prepared: list[str | None]) -> None:
    """A clause that is new is not judged before its own guard is among those that were prepared."""
    await rooms.open(4)
    await rooms.join("adam")
    row = await rooms.connection.fetchrow(
        SET_ROOM_FILTERS, rooms.gateway_id, "adam", [1, 2], ["sport = 3", "SAME"], prepared
    )
    assert row is not None
    assert (row["seq"], row["refusal"]) == (None, None)
    assert row["guards"][0].endswith("(\nsport = 3\n)")
    assert row["guards"][1] is None
