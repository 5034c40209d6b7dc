"""A plain SELECT with a clause, over tables with the rows of the feeds as people mean them.

The project has no part in it. Names are resolved by Postgres itself: the tables have each column under all its names.
Only a remainder that is written `%%`, as users of the original did, is put as SQL has it.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

import psycopg2
from psycopg2 import extensions

from harness.language import Columns, Row
from harness.meaning import Truth

# By code points, and with everybody's capitals. Version 16 has that from the system only.
COLLATION = """
do $$
begin
  if current_setting('server_version_num')::integer >= 170000 then
    create collation meant.letters (provider = builtin, locale = 'C.UTF-8');
  else
    create collation meant.letters (provider = libc, locale = 'C.UTF-8');
  end if;
end
$$
"""
# The clause is not behind WHERE, where the planner would evaluate what is cheap first: whether it raises would depend
# on that.
PASSES = "select key, ({clause}) from meant.{feed} where key > {after} order by key"
PASSES_ONE = "select ({clause}) from meant.{feed} where key = {key}"


@dataclass(frozen=True)
class Feed:
    """A feed: its number, and for each column its type and the names that clauses may call it by."""

    feed_id: int
    name: str
    key_column: str
    types: dict[str, str]
    names: dict[str, tuple[str, ...]]

    @property
    def columns(self) -> Columns:
        """The names by what can be done with them."""
        of_type = {
            wanted: {column: self.names[column] for column, name in self.types.items() if name in types}
            for wanted, types in (("numbers", ("integer", "bigint")), ("decimals", ("numeric",)), ("texts", ("text",)))
        }
        return Columns(**of_type)


EXECUTION = Feed(
    2,
    "execution",
    "execution_id",
    {
        **{"symbol": "text", "market": "text", "price": "numeric", "quantity": "numeric"},
        **{"execution_epoch": "bigint", "state_symbol": "text"},
    },
    {
        "symbol": ("symbol", '"symbol"'),
        "market": ("market", "MARKET"),
        "price": ("price", '"price"', '"Price"'),
        "quantity": ("quantity", "Quantity"),
        "execution_epoch": ("executionEpoch", '"executionEpoch"', "execution_epoch"),
        "state_symbol": ("stateSymbol", "STATE_SYMBOL", '"stateSymbol"', '"state_symbol"'),
    },
)
SPORT_EVENT = Feed(
    1,
    "sport_event",
    "sport_event_id",
    {"sport": "integer", "match_title": "text", "data_event": "text", "sport_name": "text"},
    {
        "sport": ("sport", '"sport"', "Sport"),
        "match_title": ("match_title", '"MATCH_TITLE"'),
        "data_event": ("data_event",),
        "sport_name": ("sport_name", '"sport_name"', "SPORT_NAME"),
    },
)
FEEDS = (EXECUTION, SPORT_EVENT)


def prepare(cursor: extensions.cursor) -> None:
    """Make the tables, and the views that give each column all its names."""
    cursor.execute("create schema meant")
    cursor.execute(COLLATION)
    for feed in FEEDS:
        collated = {"text": "text collate meant.letters"}
        columns = ", ".join(f"{column} {collated.get(name, name)}" for column, name in feed.types.items())
        cursor.execute(f"create table meant.{feed.name}_row (key bigint primary key, {columns})")
        called = {
            name.strip('"') if '"' in name else name.lower(): column
            for column, names in feed.names.items()
            for name in names
        }
        listed = ", ".join(f'{column} as "{name}"' for name, column in called.items())
        cursor.execute(f"create view meant.{feed.name} as select key, {listed} from meant.{feed.name}_row")


def insert(cursor: extensions.cursor, feed: Feed, keys: list[int], rows: list[Row]) -> None:
    """Rows under the keys that the project gave them."""
    places = ", ".join(f"%s::text[]::{name}[]" for name in feed.types.values())
    values = [[_written(row[column]) for row in rows] for column in feed.types]
    cursor.execute(f"insert into meant.{feed.name}_row select * from unnest(%s::bigint[], {places})", (keys, *values))


def _written(value: Decimal | str | None) -> str | None:
    return None if value is None else str(value)


def select(cursor: extensions.cursor, feed: Feed, clause: str, after: int) -> dict[int, Truth] | None:
    """What a clause makes of each row after one, by key; None if it raises on one of them."""
    try:
        cursor.execute(PASSES.format(clause=_as_sql(clause), feed=feed.name, after=after))
    except (psycopg2.DataError, psycopg2.NotSupportedError):
        return None
    return dict(cursor.fetchall())


def select_one(cursor: extensions.cursor, feed: Feed, clause: str, key: int) -> str:
    """What a clause makes of a row: true, false, unknown or raises."""
    try:
        cursor.execute(PASSES_ONE.format(clause=_as_sql(clause), feed=feed.name, key=key))
    except (psycopg2.DataError, psycopg2.NotSupportedError):
        return "raises"
    ((truth,),) = cursor.fetchall()
    return {True: "true", False: "false", None: "unknown"}[truth]


def _as_sql(clause: str) -> str:
    return re.sub(r"'(?:[^']|'')*'|%%", lambda found: "%" if found[0] == "%%" else found[0], clause)
