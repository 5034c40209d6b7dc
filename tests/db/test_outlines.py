"""A clause that differs in constants only from one accepted lately gets the verdict that all stages would give it."""

import random

import asyncpg
import pytest

JUDGE = "select filter_id, reason, place from chat.judge_clause($1, $2)"
FILTER = "select canonical, warning from chat.filter where filter_id = $1"
OUTLINES = "select count(*) from chat.filter_verdict where clause_hash like 'outline %'"
FORGET = "delete from chat.filter_verdict"
# @ stands for a text, # for a number, ^ for a pattern.
SETTLED = [
    (2, "symbol = @ and price > #"),
    (2, "stateSymbol<>@ or(not quantity<=#)"),
    (2, "symbol in (@, @, @) and not (price >= # or market < @)"),
    (2, "market not in (@, @) and SYMBOL > @"),
    (2, "price between # and #"),
    (2, "price > # and price < # and symbol = @"),
    (2, "executionEpoch = #"),
    (2, "symbol like ^"),
    (2, "stateSymbol not like ^ and (price > # or market = @)"),
    (1, "sport = # and match_title <> @"),
]
UNSETTLED = [
    (2, "symbol like @"),
    (2, "# = # or symbol = @"),
    (2, "price in (#, null)"),
    (2, "price > # and @ = @"),
    (2, "symbol ilike ^"),
    (2, "symbol like ^ escape '!'"),
    (2, "price * 2 > #"),
    (2, "quantity <> # and price / quantity > #"),
    (2, "price > -#"),
    (2, "price>-#"),
    (2, "price > (-#)"),
    (2, "price > +#"),
    (2, "price > #::numeric"),
    (2, "price > # is true"),
    (2, "upper(symbol) = @"),
    (2, "market = @ is true"),
    (2, "case when price > # then true end"),
    (2, "executionEpoch > # * 2"),
    (1, "sport_name = @"),
]
# Between blanks.
_TEXTS = r"""
'x' 'GOLF' '' 'it''s' '''' '%' 'a_b%' '(=''y''::text)' 'AND' '"' '--' '::real' '\' 'a\''' 'é' '😀' '$1' '#@' 'NaN' '5'
'9e9' '::timestamp' 'now' e'x' symbol null 'x%' 'x_' '<>ALL(ARRAY[NULL'
"""
_NUMBERS = """
0 5 12 999999999 1000000000 2147483648 99999999999 123456789012345678 1234567890123456789 007 0.5 .5 5. 5.0 12.30 0.0
00.5 1e3 1_000 '7' 'NaN' 0x1F 1.2.3 '-1' null 123456789012345.123456789012345 1234567890123456.5 0.1234567890123456 -3
+3 3-2 price '0.5'
"""
_PATTERNS = r"""
'A%' '%' '' 'A' '%A' '%A%' 'A%%' 'A_%' 'A\%' 'A\' 'A%\' 'it''s%' '''%' '::real%' market null '😀%' '5%' '-%' '(%'
"""
TEXTS = [
    *_TEXTS.split(),
    *("'\x02'", "'\n'", "' '", "'x' 'y'", "' AND '", "'::timestamp with time zone'", "'<> ALL (ARRAY[NULL'"),
    *(f"'{'x' * 3000}'", f"'{'long ' * 30}'"),
]
NUMBERS = _NUMBERS.split()
PATTERNS = [
    *_PATTERNS.split(),
    *("'a b%'", "'\x02%'", f"'{'x' * 99}%'", f"'{'x' * 100}%'", f"'{'x' * 101}%'", f"'{'é' * 49}%'", f"'{'é' * 50}%'"),
    *(f"""'{"''" * 40}%'""", f"""'{"''" * 60}%'"""),
]
SIGNS = {"@": TEXTS, "#": NUMBERS, "^": PATTERNS}


async def judge(connection: asyncpg.Connection, feed_id: int, clause: str) -> tuple[str | None, ...]:
    """What becomes of a clause: the filter's text and warning, or the reason and its place."""
    row = await connection.fetchrow(JUDGE, feed_id, clause)
    assert row is not None
    found = await connection.fetchrow(FILTER, row["filter_id"]) or (None, None)
    assert (found[0] is None) is not (row["reason"] is None)
    return *found, row["reason"], row["place"]


def fill(outline: str, constants: dict[str, list[str]]) -> str:
    """The clause with these constants by the signs for them, each taken in turn."""
    left = {sign: iter(some) for sign, some in constants.items()}
    return "".join(next(left[sign]) if sign in left else sign for sign in outline)


def plain(outline: str, is_whole: bool) -> str:
    """The clause with constants of one kind that differ from each other."""
    texts = [f"'text {n}'" for n in range(9)]
    numbers = [f"{n + 3}" if is_whole else f"{n + 3}.25" for n in range(9)]
    return fill(outline, {"@": texts, "#": numbers, "^": [f"'text {n}%'" for n in range(9)]})


def insert(outline: str, sign: str, constant: str, is_whole: bool) -> str:
    """The same with one constant in the first place of its kind."""
    before, _, behind = outline.partition(sign)
    return plain(before, is_whole) + constant + plain(behind, is_whole)


@pytest.mark.parametrize(
    ("feed_id", "outline"),
    [*SETTLED, *UNSETTLED[:4], *(pytest.param(*each, marks=pytest.mark.slow) for each in UNSETTLED[4:])],
)
async def test_each_constant_gets_the_verdict_of_all_stages(
    connection: asyncpg.Connection, feed_id: int, outline: str
) -> None:
    """Known outline or not: the same filter, warning, reason and place, whatever the constants are."""
    chance = random.Random(outline)
    clauses = [fill(outline, {sign: chance.sample(some, 9) for sign, some in SIGNS.items()}) for _ in range(20)]
    for sign, some in SIGNS.items():
        # Each of them once with nothing else that is odd.
        for each in some if sign in outline else ():
            clauses += [insert(outline, sign, each, is_whole) for is_whole in (True, False)]
    alone = {}
    for clause in clauses:
        await connection.execute(FORGET)
        alone[clause] = await judge(connection, feed_id, clause)
    await connection.execute(FORGET)
    for is_whole in (True, False):
        await judge(connection, feed_id, plain(outline, is_whole))
    assert {clause: await judge(connection, feed_id, clause) for clause in clauses} == alone


@pytest.mark.parametrize(("feed_id", "outline"), SETTLED)
async def test_settled_clauses_skip_the_stages(connection: asyncpg.Connection, feed_id: int, outline: str) -> None:
    """Of a known outline nothing is parsed; in any other spacing it is another one."""
    first, second = plain(outline, False), plain(outline, False).replace("text ", "x").replace("3.25", "1.75")
    if feed_id == 1 or "Epoch" in outline:
        first, second = plain(outline, True), plain(outline, True).replace("text ", "x").replace("3", "1")
    assert (await judge(connection, feed_id, first))[2] is None
    assert await connection.fetchval(OUTLINES) == 1
    await connection.execute("alter function chat.parse_clause rename to parse_clause_no_more")
    canonical, _, reason, _ = await judge(connection, feed_id, second)
    assert canonical is not None
    assert reason is None


@pytest.mark.parametrize(("feed_id", "outline"), UNSETTLED)
async def test_other_clauses_are_not_remembered_so(connection: asyncpg.Connection, feed_id: int, outline: str) -> None:
    """Where constants decide, each clause goes through all stages."""
    for is_whole in (True, False):
        await judge(connection, feed_id, plain(outline, is_whole))
    assert await connection.fetchval(OUTLINES) == 0


@pytest.mark.parametrize(
    "change",
    [
        "alter table feed.execution add check (price < 1000)",
        "update chat.allowed_function set max_pattern = 99 where signature = 'textlike(text,text)'",
        "alter table feed.execution add check (symbol <> market)",
        "update chat.feed_column set is_computed = true where column_name = 'price'",
    ],
)
async def test_what_postgres_knows_of_a_column_decides(connection: asyncpg.Connection, change: str) -> None:
    """A warning that depends on a constant is given for each."""
    await connection.execute(change)
    assert (
        await connection.fetchval("select chat.is_settled(2, $1)", "((symbol ~~ \x01p::text) AND (price > \x01d))")
        is False
    )


async def test_a_text_that_pretends_to_be_an_outline(connection: asyncpg.Connection) -> None:
    """What stands for a constant is no part of a clause."""
    await judge(connection, 2, "symbol = 'a' and price > 1.5")
    for clause in (
        "symbol = \x01t and price > \x01d",
        "symbol = 'a' and price > \x01d",
        "symbol = '\x01t' and price > 1.5",
    ):
        canonical, _, reason, _ = await judge(connection, 2, clause)
        assert canonical is None
        assert reason is not None


async def test_columns_compared_twice_are_warned_of(connection: asyncpg.Connection) -> None:
    """Parts that exclude each other are told, though they did not in the clause of which the outline is known."""
    assert (await judge(connection, 2, "price > 1.5 and price < 2.5"))[1] is None
    assert (await judge(connection, 2, "price > 3.5 and price < 2.5"))[1] == (
        "it can never be true: its parts exclude each other"
    )
    assert await connection.fetchval("show constraint_exclusion") == "partition"
