"""The filters that the simulator walks through: the original's collection, each with what it must let pass.

The texts are the original's, in its order, `%%` included (its driver made them `%`; in SQL, `%%` matches the same). A
predicate says in Python what the clause says in SQL, so that the simulator can check every row that the room received
without asking the database that decided.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from proto import event_pb2
from proto.event_pb2 import event
from proto.execution_pb2 import execution

NONE = "NONE"
ALL = "ALL"
SAME = "SAME"

Row = TypeVar("Row", event, execution)


@dataclass(frozen=True, slots=True)
class Clause(Generic[Row]):
    """A valid filter and which rows it lets pass; `passes` is None for SAME: the rows that passed before."""

    text: str
    passes: Callable[[Row], bool] | None


def _every(row: event | execution) -> bool:
    return True


def _no(row: event | execution) -> bool:
    return False


VALID_SPORT: tuple[Clause[event], ...] = (
    Clause("match_title LIKE '%%sed%%'", lambda row: "sed" in row.match_title),
    Clause("sport = 3", lambda row: row.sport == event_pb2.FOOTBALL),
    Clause(
        "sport = 4 AND match_title NOT LIKE 'Est%%'",
        lambda row: row.sport == event_pb2.BOXING and not row.match_title.startswith("Est"),
    ),
    Clause("sport NOT IN (1,2,3,6,7)", lambda row: row.sport in (event_pb2.BOXING, event_pb2.GOLF)),
    Clause("sport = 7 OR sport = 1", lambda row: row.sport in (event_pb2.TENNIS, event_pb2.BASEBALL)),
    Clause(NONE, _every),
    Clause(ALL, _no),
    Clause(SAME, None),
    # The original lists this one as invalid, but only because its driver reads a single % as a placeholder of its own.
    # It is standard SQL and accepted here, so it stands among the valid ones.
    Clause("match_title LIKE '%aliquam%'", lambda row: "aliquam" in row.match_title),
)

VALID_EXECUTION: tuple[Clause[execution], ...] = (
    Clause("symbol LIKE '%%DAYTONA%%'", lambda row: "DAYTONA" in row.symbol),
    Clause(
        "symbol LIKE '%%Joe Biden%%' OR market = 'GOLF'",
        lambda row: "Joe Biden" in row.symbol or row.market == "GOLF",
    ),
    # Markets are capital letters, which sort alike by code point and by the database's collation.
    Clause("market >= 'POLITICS'", lambda row: row.market >= "POLITICS"),
    Clause("stateSymbol = 'PA'", lambda row: row.stateSymbol == "PA"),
    Clause("stateSymbol = 'NY'", lambda row: row.stateSymbol == "NY"),
    Clause("stateSymbol = 'PA' OR stateSymbol = 'NV'", lambda row: row.stateSymbol in ("PA", "NV")),
    Clause("market = 'TRACK&FIELD'", lambda row: row.market == "TRACK&FIELD"),
)

INVALID_SPORT = ("sport = 'FOOTBALL'", "sport  AND sport = 1")
INVALID_EXECUTION = ("stateSymbol == 'PA'", "sport = 3")


@dataclass(frozen=True, slots=True)
class Step:
    """One filter request of the walk: both texts, whether it must be applied, and what may pass after it."""

    sport_filter: str
    execution_filter: str
    valid: bool
    sport_passes: Callable[[event], bool] | None
    execution_passes: Callable[[execution], bool] | None


def walk() -> Iterator[Step]:
    """Yield the valid filters of each feed, then the invalid ones, each with the other feed on ALL."""
    for sport in VALID_SPORT:
        yield Step(sport.text, ALL, True, sport.passes, _no)
    for trade in VALID_EXECUTION:
        yield Step(ALL, trade.text, True, _no, trade.passes)
    for text in INVALID_SPORT:
        yield Step(text, ALL, False, None, None)
    for text in INVALID_EXECUTION:
        yield Step(ALL, text, False, None, None)
