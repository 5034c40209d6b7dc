"""The simulated feeds look as promised, and the simulator's filters match some of them."""

from decimal import Decimal
from random import Random

import pytest

from clientsim.clauses import (
    ALL,
    NONE,
    OURS_EXECUTION,
    OURS_SPORT,
    SAME,
    SINGLE_PERCENT,
    VALID_EXECUTION,
    VALID_SPORT,
    Clause,
)
from clientsim.decimals import decimal_of
from feedsim.market import Market
from feedsim.sportsbook import Sportsbook
from proto.event_pb2 import event
from proto.execution_pb2 import execution

ROWS = 20_000
EPOCH = 1_700_000_000

SPORT_FILTERS = [c for c in (*VALID_SPORT, SINGLE_PERCENT, *OURS_SPORT) if c.text not in (NONE, ALL, SAME)]
EXECUTION_FILTERS = [c for c in (*VALID_EXECUTION, *OURS_EXECUTION) if c.text not in (NONE, ALL, SAME)]


def events(seed: int, count: int = ROWS) -> list[event]:
    book = Sportsbook(Random(seed))
    return [book.next_event() for _ in range(count)]


def executions(seed: int, count: int = ROWS) -> list[execution]:
    market = Market(Random(seed))
    return [market.next_execution(EPOCH) for _ in range(count)]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("clause", SPORT_FILTERS, ids=lambda c: c.text)
def test_every_sport_filter_matches_some_events(clause: Clause[event], seed: int) -> None:
    """Between 0.5 % and 90 %."""
    assert clause.passes is not None
    assert 0.005 <= sum(map(clause.passes, events(seed))) / ROWS <= 0.9


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("clause", EXECUTION_FILTERS, ids=lambda c: c.text)
def test_every_execution_filter_matches_some_trades(clause: Clause[execution], seed: int) -> None:
    """Between 0.5 % and 90 %."""
    assert clause.passes is not None
    assert 0.005 <= sum(map(clause.passes, executions(seed))) / ROWS <= 0.9


def test_executions_stay_in_their_ranges() -> None:
    """Price 0.01 to 99.99, quantity 1 to 1000, the epoch as given, the contest in the symbol."""
    for row in executions(1):
        assert Decimal("0.01") <= decimal_of(row.price) <= Decimal("99.99")
        assert 1 <= row.quantity <= 1000
        assert row.executionEpoch == EPOCH
        assert ":winner--" in row.symbol


def test_prices_are_cents_and_quantities_tenths() -> None:
    """Read as they were meant, though most cents have no exact float; one quantity in eleven has a decimal."""
    rows = executions(1)
    cents = {decimal_of(row.price) for row in rows}
    assert all(price == round(price, 2) for price in cents)
    assert len(cents) > 5000
    assert sum(Decimal(row.price) != decimal_of(row.price) for row in rows) / ROWS > 0.9
    tenths = [decimal_of(row.quantity) for row in rows]
    assert all(quantity == round(quantity, 1) for quantity in tenths)
    assert 0.05 < sum(quantity % 1 != 0 for quantity in tenths) / ROWS < 0.15


def test_a_price_moves_by_two_at_most() -> None:
    """From one execution of a contract to its next one, to the cent: what was sent and read is not what drifts."""
    last: dict[tuple[str, str], Decimal] = {}
    for row in executions(1):
        price = decimal_of(row.price)
        assert abs(price - last.get((row.symbol, row.market), price)) <= 2
        last[row.symbol, row.market] = price


def test_the_known_symbols_trade_in_their_markets() -> None:
    """The symbols that the original's users know appear in the markets where they look for them."""
    seen = {(row.symbol, row.market) for row in executions(1)}
    assert {
        ("DAYTONA:winner--Kyle Busch", "NASCAR"),
        ("PRESIDENT:winner--Joe Biden", "POLITICS"),
        ("OLYMPIC 100m:winner--Usain Bolt", "TRACK&FIELD"),
        ("MASTERS:winner--Tiger Woods", "GOLF"),
    } <= seen


def test_all_sports_are_played_about_equally() -> None:
    """No sport is under half or over twice its seventh."""
    rows = events(1)
    for sport in range(1, 8):
        assert 1 / 14 < sum(row.sport == sport for row in rows) / ROWS < 2 / 7


def test_titles_are_partly_latin_and_partly_fixtures() -> None:
    """Both kinds are at least a fifth."""
    fixtures = sum(" vs " in row.match_title for row in events(1)) / ROWS
    assert 0.2 < fixtures < 0.8


def test_every_event_reports_something() -> None:
    """A short text, with a digit in it."""
    for row in events(1):
        assert 5 <= len(row.data_event) <= 100
        assert any(character.isdigit() for character in row.data_event)


def test_a_seed_repeats_a_run() -> None:
    """All chance comes from the generator given."""
    assert events(7, 500) == events(7, 500) != events(8, 500)
    assert executions(7, 500) == executions(7, 500) != executions(8, 500)
