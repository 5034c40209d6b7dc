"""The simulator's list of filters is the original's collection, in its order, and then ours."""

from pathlib import Path

from clientsim.clauses import (
    ALL,
    INVALID_EXECUTION,
    INVALID_SPORT,
    NONE,
    OURS_EXECUTION,
    OURS_SPORT,
    SAME,
    SINGLE_PERCENT,
    VALID_EXECUTION,
    VALID_SPORT,
    walk,
)
from proto.event_pb2 import event
from proto.execution_pb2 import execution

CORPUS = Path(__file__).parents[1] / "db" / "corpus.tsv"
KEYWORDS = [NONE, ALL, SAME]

SPORTS = ((1, "Est"), (2, "Est"), (3, "A vs B"), (7, "Est"), (4, "A vs B"))
TRADES = (
    ("x:winner--Jon", 0.01, 100.1, 1_600_000_001),
    ("x:winner--", 10.1, 100.0, 1_600_000_001),
    ("x:winner-J", 20.3, 701.0, 1_600_000_001),
    ("x:winner--J", 20.57, 700.6, 1_600_000_001),
    ("x:winner--K", 99.99, 10.0, 1_600_000_000),
)


def collection(feed: str, verdict: str) -> list[str]:
    rows = [line.split("\t") for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    return [row[2] for row in rows if row[0] == feed and row[1] == verdict and row[3] == "seed collection"]


def test_the_list_is_the_collection() -> None:
    """Same texts, same order; NONE, ALL and SAME stand between them, as often as the original has them."""
    sport, trades = ([clause.text for clause in clauses] for clauses in (VALID_SPORT, VALID_EXECUTION))
    assert [text for text in sport if text not in KEYWORDS] == collection("sport_event", "ok")[:-3]
    assert collection("sport_event", "ok")[-3:] == KEYWORDS
    assert [text for text in trades if text not in KEYWORDS] == collection("execution", "ok")
    assert ([sport.count(word) for word in KEYWORDS], [trades.count(word) for word in KEYWORDS]) == (
        [1, 1, 2],
        [1, 1, 1],
    )
    assert list(INVALID_SPORT) == collection("sport_event", "reject")
    assert list(INVALID_EXECUTION) == collection("execution", "reject")


def test_the_walk_takes_the_originals_first_with_the_other_feed_on_all() -> None:
    """Its valid ones, its invalid ones, then ours; the single % is the one that moved from invalid to valid."""
    steps = list(walk())
    assert [step.valid for step in steps] == [True] * 19 + [False] * 2 + [True] + [False] * 2 + [True] * 12
    theirs = [*VALID_SPORT, *VALID_EXECUTION, *INVALID_SPORT, SINGLE_PERCENT, *INVALID_EXECUTION]
    asked = [step.sport_filter if step.execution_filter == ALL else step.execution_filter for step in steps]
    assert asked == [getattr(each, "text", each) for each in (*theirs, *OURS_SPORT, *OURS_EXECUTION)]
    assert all(ALL in (step.sport_filter, step.execution_filter) for step in steps)


def test_the_original_is_asked_for_its_own_24() -> None:
    """With its own verdicts, and without ours."""
    steps = list(walk(of_original=True))
    assert [step.valid for step in steps] == [True] * 19 + [False] * 5
    assert [(s.sport_filter, s.execution_filter) for s in steps] == [
        (s.sport_filter, s.execution_filter) for s in list(walk())[:24]
    ]


def test_sport_predicates_say_what_their_clauses_say() -> None:
    """On rows that pass and rows that just don't."""
    boxing = event(sport=4, match_title="Sed est aliquam", data_event="x")
    golf = event(sport=5, match_title="Est sedet", data_event="x")
    est_boxing = event(sport=4, match_title="Est", data_event="x")
    tennis = event(sport=7, match_title="A vs B", data_event="x")
    rows = [boxing, golf, est_boxing, tennis]
    expected = {
        "match_title LIKE '%%sed%%'": [False, True, False, False],
        "sport = 3": [False, False, False, False],
        "sport = 4 AND match_title NOT LIKE 'Est%%'": [True, False, False, False],
        "sport NOT IN (1,2,3,6,7)": [True, True, True, False],
        "sport = 7 OR sport = 1": [False, False, False, True],
        "NONE": [True] * 4,
        "ALL": [False] * 4,
        SINGLE_PERCENT.text: [True, False, False, False],
    }
    assert {c.text: [c.passes(row) for row in rows] for c in (*VALID_SPORT, SINGLE_PERCENT) if c.passes} == expected


def test_execution_predicates_say_what_their_clauses_say() -> None:
    """On rows that pass and rows that just don't."""
    rows = [trade("DAYTONA:winner--x", "NASCAR", "PA"), trade("Joe Biden", "POLITICS", "NV"), trade("x", "GOLF", "NY")]
    rows.append(trade("x", "TRACK&FIELD", "CA"))
    expected = {
        "symbol LIKE '%%DAYTONA%%'": [True, False, False, False],
        "symbol LIKE '%%Joe Biden%%' OR market = 'GOLF'": [False, True, True, False],
        "market >= 'POLITICS'": [False, True, False, True],
        "stateSymbol = 'PA'": [True, False, False, False],
        "stateSymbol = 'NY'": [False, False, True, False],
        "stateSymbol = 'PA' OR stateSymbol = 'NV'": [True, True, False, False],
        "market = 'TRACK&FIELD'": [False, False, False, True],
        "NONE": [True] * 4,
        "ALL": [False] * 4,
    }
    assert {c.text: [c.passes(row) for row in rows] for c in VALID_EXECUTION if c.passes} == expected


def test_our_sport_predicates_say_what_their_clauses_say() -> None:
    """On rows that pass and rows that just don't."""
    rows = [event(sport=sport, match_title=title, data_event="x") for sport, title in SPORTS]
    expected = {
        "sport_name = 'TENNIS'": [False, False, False, True, False],
        "sport in (1, 3, 5) and match_title not ilike '% VS %'": [True, False, False, False, False],
        "\"sport_name\" < 'FOOTBALL' and sport > 1.5": [False, True, False, False, True],
    }
    assert {c.text: [c.passes(row) for row in rows] for c in OURS_SPORT if c.passes} == expected


def test_our_execution_predicates_say_what_their_clauses_say() -> None:
    """On prices and quantities whose floats lie on the other side of the decimal, and on both sides of a boundary."""
    rows = [
        execution(symbol=symbol, market="m", price=price, quantity=quantity, executionEpoch=epoch, stateSymbol="PA")
        for symbol, price, quantity, epoch in TRADES
    ]
    expected = {
        "price between 10.1 and 20.3": [False, True, True, False, False],
        "price = 0.01 or price = 99.99": [True, False, False, False, True],
        "price % 1 in (0.07, 0.29, 0.57, 0.99)": [False, False, False, True, True],
        "round(price, 1) = trunc(price, 1)": [True, True, True, False, False],
        "price > 1.1 * 45": [False, False, False, False, True],
        "quantity % 10 = 0": [False, True, False, False, True],
        "cast(quantity as integer) <> quantity": [True, False, False, True, False],
        '"executionEpoch" > 1600000000 and quantity not between symmetric 700.5 and 100.1': [
            *(False, True, True),
            *(True, False),
        ],
        "symbol like '%!:winner--J%' escape '!'": [True, False, False, True, False],
    }
    assert {c.text: [c.passes(row) for row in rows] for c in OURS_EXECUTION if c.passes} == expected


def trade(symbol: str, market: str, state: str) -> execution:
    return execution(symbol=symbol, market=market, price=1, quantity=1, executionEpoch=1, stateSymbol=state)
