"""The filters that the simulator walks through: the original's collection and then ours, each with what it lets pass.

VALID_…, INVALID_… and SINGLE_PERCENT are the original's 24 requests, in its order, `%%` included (its driver made them
`%`; here they mean the same). Those of OURS_… say what the original could not: decimals, names of sports, quoted
columns. A predicate says in Python what the clause says in SQL, so that the simulator can check every row that the room
received without asking the database that decided.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Generic, TypeVar

from clientsim.decimals import decimal_of
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
    Clause(SAME, None),
    Clause("sport = 3", lambda row: row.sport == event_pb2.FOOTBALL),
    Clause(NONE, _every),
    Clause(
        "sport = 4 AND match_title NOT LIKE 'Est%%'",
        lambda row: row.sport == event_pb2.BOXING and not row.match_title.startswith("Est"),
    ),
    Clause(SAME, None),
    Clause("sport NOT IN (1,2,3,6,7)", lambda row: row.sport in (event_pb2.BOXING, event_pb2.GOLF)),
    Clause(ALL, _no),
    Clause("sport = 7 OR sport = 1", lambda row: row.sport in (event_pb2.TENNIS, event_pb2.BASEBALL)),
)

VALID_EXECUTION: tuple[Clause[execution], ...] = (
    Clause(ALL, _no),
    Clause("symbol LIKE '%%DAYTONA%%'", lambda row: "DAYTONA" in row.symbol),
    Clause(
        "symbol LIKE '%%Joe Biden%%' OR market = 'GOLF'",
        lambda row: "Joe Biden" in row.symbol or row.market == "GOLF",
    ),
    Clause(NONE, _every),
    # Markets are capital letters, which sort alike by code point and by the database's collation.
    Clause("market >= 'POLITICS'", lambda row: row.market >= "POLITICS"),
    Clause(SAME, None),
    Clause("stateSymbol = 'PA'", lambda row: row.stateSymbol == "PA"),
    Clause("stateSymbol = 'NY'", lambda row: row.stateSymbol == "NY"),
    Clause("stateSymbol = 'PA' OR stateSymbol = 'NV'", lambda row: row.stateSymbol in ("PA", "NV")),
    Clause("market = 'TRACK&FIELD'", lambda row: row.market == "TRACK&FIELD"),
)

INVALID_SPORT = ("sport = 'FOOTBALL'", "sport  AND sport = 1")
# Invalid there only because its driver reads a single % as a placeholder of its own; standard SQL, and accepted here.
SINGLE_PERCENT: Clause[event] = Clause("match_title LIKE '%aliquam%'", lambda row: "aliquam" in row.match_title)
INVALID_EXECUTION = ("stateSymbol == 'PA'", "sport = 3")

_TENTH = Decimal("0.1")


def _price(row: execution) -> Decimal:
    return decimal_of(row.price)


OURS_SPORT: tuple[Clause[event], ...] = (
    Clause("sport_name = 'TENNIS'", lambda row: row.sport == event_pb2.TENNIS),
    Clause(
        "sport in (1, 3, 5) and match_title not ilike '% VS %'",
        lambda row: row.sport in (1, 3, 5) and " vs " not in row.match_title.lower(),
    ),
    # Names compare letter by letter: BASEBALL, BASKETBALL and BOXING come first.
    Clause(
        "\"sport_name\" < 'FOOTBALL' and sport > 1.5",
        lambda row: row.sport in (event_pb2.BASKETBALL, event_pb2.BOXING),
    ),
)

OURS_EXECUTION: tuple[Clause[execution], ...] = (
    Clause("price between 10.1 and 20.3", lambda row: Decimal("10.1") <= _price(row) <= Decimal("20.3")),
    # No 32-bit float is 0.01 or 99.99, and these occur: no price goes further.
    Clause("price = 0.01 or price = 99.99", lambda row: _price(row) in (Decimal("0.01"), Decimal("99.99"))),
    Clause(
        "price % 1 in (0.07, 0.29, 0.57, 0.99)",
        lambda row: _price(row) % 1 in map(Decimal, ("0.07", "0.29", "0.57", "0.99")),
    ),
    Clause(
        "round(price, 1) = trunc(price, 1)",
        lambda row: _price(row).quantize(_TENTH, ROUND_HALF_UP) == _price(row).quantize(_TENTH, ROUND_DOWN),
    ),
    Clause("price > 1.1 * 45", lambda row: _price(row) > Decimal("49.5")),
    Clause("quantity % 10 = 0", lambda row: decimal_of(row.quantity) % 10 == 0),
    Clause("cast(quantity as integer) <> quantity", lambda row: decimal_of(row.quantity) % 1 != 0),
    Clause(
        '"executionEpoch" > 1600000000 and quantity not between symmetric 700.5 and 100.1',
        lambda row: (
            row.executionEpoch > 1_600_000_000 and not Decimal("100.1") <= decimal_of(row.quantity) <= Decimal("700.5")
        ),
    ),
    Clause("symbol like '%!:winner--J%' escape '!'", lambda row: ":winner--J" in row.symbol),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One filter request of the walk: both texts, whether it must be applied, and what may pass after it."""

    sport_filter: str
    execution_filter: str
    valid: bool
    sport_passes: Callable[[event], bool] | None
    execution_passes: Callable[[execution], bool] | None


def walk(of_original: bool = False) -> Iterator[Step]:
    """Yield each feed's filters, with the other feed on ALL: the original's valid ones, its invalid ones, then ours.

    `of_original`: as they are right for the original itself, without ours.
    """
    yield from _valid_steps(VALID_SPORT, VALID_EXECUTION)
    for text in INVALID_SPORT:
        yield Step(text, ALL, False, None, None)
    if of_original:
        yield Step(SINGLE_PERCENT.text, ALL, False, None, None)
    else:
        yield from _valid_steps([SINGLE_PERCENT], [])
    for text in INVALID_EXECUTION:
        yield Step(ALL, text, False, None, None)
    if not of_original:
        yield from _valid_steps(OURS_SPORT, OURS_EXECUTION)


def _valid_steps(sport: Iterable[Clause[event]], trades: Iterable[Clause[execution]]) -> Iterator[Step]:
    for match in sport:
        yield Step(match.text, ALL, True, match.passes, _no)
    for trade in trades:
        yield Step(ALL, trade.text, True, _no, trade.passes)
