"""The simulator's list of filters is the original's collection, in its order."""

from pathlib import Path

from clientsim.clauses import ALL, INVALID_EXECUTION, INVALID_SPORT, VALID_EXECUTION, VALID_SPORT, walk
from proto.event_pb2 import event
from proto.execution_pb2 import execution

CORPUS = Path(__file__).parents[1] / "db" / "corpus.tsv"
SINGLE_PERCENT = "match_title LIKE '%aliquam%'"


def collection(feed: str, verdict: str) -> list[str]:
    rows = [line.split("\t") for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    return [row[2] for row in rows if row[0] == feed and row[1] == verdict and row[3] == "seed collection"]


def test_the_list_is_the_collection() -> None:
    """Same texts, same order; the single % is the one that moved from invalid to valid."""
    assert [clause.text for clause in VALID_SPORT] == [*collection("sport_event", "ok"), SINGLE_PERCENT]
    assert [clause.text for clause in VALID_EXECUTION] == collection("execution", "ok")
    assert list(INVALID_SPORT) == collection("sport_event", "reject")
    assert list(INVALID_EXECUTION) == collection("execution", "reject")


def test_the_walk_takes_valid_ones_first_with_the_other_feed_on_all() -> None:
    """Every clause once."""
    steps = list(walk())
    assert [step.valid for step in steps] == [True] * 16 + [False] * 4
    assert all(ALL in (step.sport_filter, step.execution_filter) for step in steps)


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
        SINGLE_PERCENT: [True, False, False, False],
    }
    assert {c.text: [c.passes(row) for row in rows] for c in VALID_SPORT if c.passes} == expected


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
    }
    assert {c.text: [c.passes(row) for row in rows] for c in VALID_EXECUTION if c.passes} == expected


def trade(symbol: str, market: str, state: str) -> execution:
    return execution(symbol=symbol, market=market, price=1, quantity=1, executionEpoch=1, stateSymbol=state)
