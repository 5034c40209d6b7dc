"""docs/filters.md, "What people type": every line of its tables is what happens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from harness.clauses import FEED_IDS, guard_clause
from harness.rooms import STORE_SPORT_EVENT, Rooms, make_event, make_execution
from harness.versions import mostly_newest
from harness.weather import COLUMNS, add_weather
from proto.event_pb2 import event
from proto.event_pb2 import sport as sports
from proto.execution_pb2 import execution

DOCUMENT = Path(__file__).parents[2] / "docs" / "filters.md"
LEAST_LINES = 140
GROUPS = [
    *("Numbers", "Text", "Lists", "Names", "Sports", "NULL", "Conditions", "Mistakes"),
    *("True and false", "Times", "Lists of texts", "JSON"),
]

ROW = re.compile(r"^\| (execution|sport_event|weather) \| `([^`|]+)` \| (.+) \|$")
HEAD = ("| feed | what is typed | what happens |", "|---|---|---|")
# `99.99`, or `99.99 with quantity 0` for a clause about two columns, or `sport 9` for another column than the clause's.
LITERAL = r"(?:'(?:[^']|'')*'|-?(?:[0-9][0-9.e-]*|NaN|Infinity)|true|false|null)"
VALUE = rf"(?:[a-z]\w* )?{LITERAL}(?: with \w+ {LITERAL})*"
VERDICTS = ("passes", "not", "suspended by")
SECTION = re.compile(rf"({'|'.join(VERDICTS)}) ({VALUE}(?:, {VALUE})*)(?:; |$)")

JUDGE_CLAUSE = "select filter_id, reason from chat.judge_clause($1, $2)"
# A statement of its own, to see the row that judging made.
FILTER = "select canonical, warning from chat.filter where filter_id = $1"
NEWEST_EVENT = "select max(sport_event_id) from feed.sport_event"
NEWEST_WEATHER = "select max(weather_id) from feed.weather"
STORE_WEATHER = "insert into feed.weather (station, {0}) values (20, $1::text::{1})"
NEWEST_EXECUTION = "select max(execution_id) from feed.execution"
NEWEST = {"sport_event": NEWEST_EVENT, "execution": NEWEST_EXECUTION, "weather": NEWEST_WEATHER}
MATCH_FILTER = (
    "select m.bits is not null as passes, m.error from chat.match_filter($1, array[$2::bigint], $3, null) as m"
)


@dataclass(frozen=True)
class Line:
    """A line of the tables: the group that it stands in, the feed, the clause as written there, and what happens."""

    group: str
    feed: str
    written: str
    told: str

    @property
    def clause(self) -> str:
        """What is typed: {U+00A0} is that character, {1 … 300} the numbers with commas between, {x × 20} 20 of them."""
        text = _put_characters(self.written)
        text = re.sub(r"\{(\d+) … (\d+)\}", lambda found: ",".join(_numbers(found, "{}")), text)
        text = re.sub(r"\{'(\d+)' … '(\d+)'\}", lambda found: ",".join(_numbers(found, "'{}'")), text)
        return re.sub(r"\{(.+?) × (\d+)\}", lambda found: found[1] * int(found[2]), text)

    @property
    def values(self) -> list[str]:
        """The values that the line names, in its order."""
        applied = re.match(r'applied(?:, with the warning ".*")?: ', self.told)
        if applied is None:
            return []
        return [value for section in SECTION.findall(self.told[applied.end() :]) for value in _split(section[1])]

    def columns(self, value: str) -> dict[str, str]:
        """A value by its column: the first that the clause names, unless the value says which. Texts have no quotes."""
        head, *others = re.split(r" with (?=\w+ )", value)
        named = re.fullmatch(rf"([a-z]\w*) ({LITERAL})", head)
        pairs = [(named[1], named[2]) if named else (self._first_column(), head)]
        pairs += [(column, literal) for column, literal in (other.split(" ", 1) for other in others)]
        return {column: _put_characters(_unquote(literal)) for column, literal in pairs}

    def _first_column(self) -> str:
        fields = {**FIELDS[self.feed], "sport_name": "sport_name"} if self.feed == "sport_event" else FIELDS[self.feed]
        plain = re.sub(r"'(?:[^']|'')*'", "", self.clause).lower()
        found = [(at.start(), field) for word, field in fields.items() if (at := re.search(rf"\b{word}\b", plain))]
        assert found, f"the clause names no column, so the value must: {self.written}"
        return min(found)[1]


FIELDS = {
    "sport_event": {field.name: field.name for field in event.DESCRIPTOR.fields},
    "execution": {
        **{field.name.lower(): field.name for field in execution.DESCRIPTOR.fields},
        "execution_epoch": "executionEpoch",
        "state_symbol": "stateSymbol",
    },
    "weather": {**{column: column for column in COLUMNS}, "iswet": "wet"},
}
"""The fields of a feed's message, by the words that clauses name them with."""


@mostly_newest
async def test_every_line_is_what_happens(connection: asyncpg.Connection) -> None:
    """The values that pass and those that do not, the warning, the reason to the letter."""
    await add_weather(connection)
    wrong = []
    for line in read_lines():
        happens = await tell(connection, line)
        if happens != line.told:
            wrong.append(f"{line.feed}: {line.written}\n  told:    {line.told}\n  happens: {happens}")
    assert not wrong, "\n".join(["", *wrong])


def test_the_table_is_whole() -> None:
    """Every group with its head, lines enough, none twice, and values where a filter is applied."""
    text = section()
    assert re.findall(r"^### (.+)$", text, re.MULTILINE) == GROUPS
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(tables) == len(GROUPS)
    assert all(tuple(table.split("\n")[:2]) == HEAD for table in tables)
    lines = list(read_lines())
    assert len(lines) >= LEAST_LINES
    assert {line.group for line in lines} == set(GROUPS)
    assert len(lines) == text.count("\n|") - len(HEAD) * len(GROUPS), "a line is not of the form"
    assert len({(line.feed, line.clause) for line in lines}) == len(lines)
    unproved = [line.written for line in lines if line.told.startswith("applied") and not line.values]
    assert not unproved


def section() -> str:
    """The chapter with the tables."""
    return DOCUMENT.read_text(encoding="utf-8").partition("## What people type\n")[2].partition("\n## ")[0]


def read_lines() -> Iterator[Line]:
    """The lines of all groups, in their order."""
    group = ""
    for row in section().split("\n"):
        if row.startswith("### "):
            group = row.removeprefix("### ")
        if found := ROW.match(row):
            yield Line(group, *found.groups())


async def tell(connection: asyncpg.Connection, line: Line) -> str:
    """What happens, in the words of the table, with the line's values sorted by what becomes of them."""
    guarded = await guard_clause(connection, FEED_IDS[line.feed], line.clause)
    if guarded is not None:
        return f'refused: "{guarded.removeprefix(f"{line.feed} filter: ")}"'
    # Rolled back, since clauses are tried on stored rows, and a row of another line may refuse one.
    transaction = connection.transaction()
    await transaction.start()
    try:
        judged = await connection.fetchrow(JUDGE_CLAUSE, FEED_IDS[line.feed], line.clause)
        assert judged is not None
        if judged["reason"] is not None:
            return f'refused: "{judged["reason"]}"'
        made = await connection.fetchrow(FILTER, judged["filter_id"])
        assert made is not None
        became: dict[str, list[str]] = {}
        for value in line.values:
            became.setdefault(await match(connection, line, value, made["canonical"]), []).append(value)
    finally:
        await transaction.rollback()
    applied = "applied" if made["warning"] is None else f'applied, with the warning "{made["warning"]}"'
    return applied + "".join(
        (": " if number == 0 else "; ") + f"{what} {', '.join(became[what])}"
        for number, what in enumerate(what for what in VERDICTS if what in became)
    )


async def match(connection: asyncpg.Connection, line: Line, value: str, canonical: str) -> str:
    """What becomes of a value that is sent: one of VERDICTS."""
    await store(connection, line.feed, line.columns(value))
    newest = await connection.fetchval(NEWEST[line.feed])
    row = await connection.fetchrow(MATCH_FILTER, FEED_IDS[line.feed], newest, canonical)
    assert row is not None
    if row["error"] is not None:
        return "suspended by"
    return "passes" if row["passes"] else "not"


async def store(connection: asyncpg.Connection, feed: str, columns: dict[str, str]) -> None:
    """Store a row as the bridge does, with the other columns as the tests' rows have them."""
    if feed == "sport_event":
        sport = columns.get("sport", sports.Value(columns.get("sport_name", "FOOTBALL")))
        row = make_event(title=columns.get("match_title", "A vs B"), text=columns.get("data_event", "Q1 10:00"))
        # A number that the enum of the message does not know, too.
        values: list[object] = [int(sport), row.match_title, row.data_event]
        await connection.execute(STORE_SPORT_EVENT, [None], [b""], *([value] for value in values))
        return
    if feed == "weather":
        ((column, value),) = columns.items()
        await connection.execute(STORE_WEATHER.format(column, COLUMNS[column]), None if value == "null" else value)
        return
    trade = make_execution()
    for column, text in columns.items():
        setattr(trade, column, type(getattr(trade, column))(text))
    await Rooms(connection).store_executions([trade])


def _put_characters(text: str) -> str:
    return re.sub(r"\{U\+([0-9A-F]{4,6})\}", lambda found: chr(int(found[1], 16)), text)


def _numbers(found: re.Match[str], form: str) -> list[str]:
    return [form.format(number) for number in range(int(found[1]), int(found[2]) + 1)]


def _split(values: str) -> list[str]:
    return re.findall(VALUE, values)


def _unquote(literal: str) -> str:
    return literal[1:-1].replace("''", "'") if literal.startswith("'") else literal
