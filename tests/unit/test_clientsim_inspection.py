"""The simulator's check finds wrong verdicts and rows that their clause does not pass, and nothing else."""

import pytest

from clientsim.clauses import Step, walk
from clientsim.inspection import Inspection
from proto import chatmessage_pb2
from proto.chatmessage_pb2 import chatmessage
from proto.event_pb2 import event
from proto.execution_pb2 import execution

STEPS = {(step.sport_filter, step.execution_filter): step for step in walk()}
FOOTBALL = STEPS["sport = 3", "ALL"]
SAME_SPORT = STEPS["SAME", "ALL"]
INVALID = STEPS["sport = 'FOOTBALL'", "ALL"]


def status(userstatus: str, sport: str, trades: str, user: str = "adam", reason: str = "") -> chatmessage:
    return chatmessage(
        mtype=chatmessage_pb2.ROOM_STATUS,
        userstatus=userstatus,
        user=user,
        sport_filter=sport,
        execution_filter=trades,
        reason=reason,
    )


def sport_row(number: int) -> chatmessage:
    row = event(match_title="x", data_event="y")
    row.sport = number  # type: ignore[assignment]
    return chatmessage(mtype=chatmessage_pb2.EVENT, eventmsg=row, seq=9)


def trade_row() -> chatmessage:
    row = execution(symbol="s", market="m", price=1, quantity=1, executionEpoch=1, stateSymbol="PA")
    return chatmessage(mtype=chatmessage_pb2.EXECUTION, execmsg=row, seq=9)


@pytest.fixture
def inspection() -> Inspection:
    """A check of adam's room, just joined, on NONE and NONE."""
    made = Inspection("adam")
    made.take(status("USERJOINED", "NONE", "NONE"))
    return made


def apply(inspection: Inspection, step: Step) -> None:
    inspection.ask(step)
    inspection.take(status("FILTERAPPLIED", step.sport_filter, step.execution_filter))


def test_rows_before_the_first_own_filter_are_not_checked(inspection: Inspection) -> None:
    """Nothing was asked for yet."""
    inspection.take(sport_row(1))
    assert (inspection.tally.rows_checked, inspection.tally.rows_unchecked) == (0, 1)


def test_rows_that_pass_are_counted(inspection: Inspection) -> None:
    """Football passes sport = 3."""
    apply(inspection, FOOTBALL)
    assert inspection.take(sport_row(3)) is None
    assert (inspection.tally.applied, inspection.tally.rows_checked, inspection.tally.problems) == (1, 1, [])


@pytest.mark.parametrize("row", [sport_row(1), trade_row()], ids=["other sport", "other feed on ALL"])
def test_a_row_that_does_not_pass_is_a_problem(inspection: Inspection, row: chatmessage) -> None:
    """The remark names the seq and the filters."""
    apply(inspection, FOOTBALL)
    assert inspection.take(row) == "WRONG: seq 9 does not pass [sport: sport = 3 | execution: ALL]"
    assert len(inspection.tally.problems) == 1


def test_the_old_filter_holds_until_the_new_one_is_applied(inspection: Inspection) -> None:
    """A row between request and FILTERAPPLIED is judged by the clause before."""
    apply(inspection, FOOTBALL)
    inspection.ask(STEPS["sport = 7 OR sport = 1", "ALL"])
    assert inspection.take(sport_row(3)) is None
    inspection.take(status("FILTERAPPLIED", "sport = 7 OR sport = 1", "ALL"))
    assert inspection.take(sport_row(7)) is None
    assert inspection.take(sport_row(3)) is not None


def test_same_keeps_clause_and_check(inspection: Inspection) -> None:
    """FILTERAPPLIED after SAME carries the clause before, and rows are still checked against it."""
    apply(inspection, FOOTBALL)
    inspection.ask(SAME_SPORT)
    assert inspection.take(status("FILTERAPPLIED", "sport = 3", "ALL")) == "applied, as it must be"
    assert inspection.take(sport_row(1)) is not None


def test_same_that_changed_the_filter_is_a_problem(inspection: Inspection) -> None:
    """FILTERAPPLIED must carry what was in force."""
    apply(inspection, FOOTBALL)
    inspection.ask(SAME_SPORT)
    inspection.take(status("FILTERAPPLIED", "NONE", "ALL"))
    assert len(inspection.tally.problems) == 1


def test_an_invalid_filter_must_be_refused_with_a_reason(inspection: Inspection) -> None:
    """Then it counts, and the filters in force go on being checked."""
    apply(inspection, FOOTBALL)
    inspection.ask(INVALID)
    inspection.take(status("REJECTED_BADFILTER", "sport = 3", "ALL", reason="no"))
    assert (inspection.tally.refused, inspection.tally.problems, inspection.answered) == (1, [], True)
    assert inspection.take(sport_row(1)) is not None


def test_a_refusal_without_a_reason_is_a_problem(inspection: Inspection) -> None:
    """The person should know why."""
    inspection.ask(INVALID)
    inspection.take(status("REJECTED_BADFILTER", "NONE", "NONE"))
    assert len(inspection.tally.problems) == 1


def test_a_valid_filter_refused_is_a_problem(inspection: Inspection) -> None:
    """With the reason in it."""
    inspection.ask(FOOTBALL)
    assert inspection.take(status("REJECTED_BADFILTER", "NONE", "NONE", reason="full moon")) == (
        "WRONG: refused a valid filter: full moon"
    )


def test_an_invalid_filter_applied_is_a_problem(inspection: Inspection) -> None:
    """And rows are not checked against it."""
    apply(inspection, INVALID)
    assert len(inspection.tally.problems) == 1
    assert inspection.take(sport_row(1)) is None


def test_a_refusal_that_changed_the_filters_is_a_problem(inspection: Inspection) -> None:
    """Both or neither: in force must be what was in force."""
    inspection.ask(INVALID)
    inspection.take(status("REJECTED_BADFILTER", "NONE", "ALL", reason="no"))
    inspection.finish()
    assert len(inspection.tally.problems) == 1


def test_a_refusal_may_know_of_anothers_filter_first(inspection: Inspection) -> None:
    """Its FILTERAPPLIED is on its way: no problem."""
    inspection.ask(INVALID)
    inspection.take(status("REJECTED_BADFILTER", "sport = 1", "NONE", reason="no"))
    inspection.take(status("FILTERAPPLIED", "sport = 1", "NONE", user="bobby"))
    inspection.finish()
    assert inspection.tally.problems == []


def test_anothers_filter_stops_the_check_until_the_next_own_one(inspection: Inspection) -> None:
    """It is noted, and is no verdict on a request under way."""
    apply(inspection, FOOTBALL)
    inspection.ask(SAME_SPORT)
    remark = inspection.take(status("FILTERAPPLIED", "sport = 1", "NONE", user="bobby"))
    assert remark is not None
    assert "bobby" in remark
    assert not inspection.answered
    assert inspection.take(sport_row(1)) is None
    inspection.take(status("FILTERAPPLIED", "sport = 1", "ALL"))
    assert inspection.take(sport_row(2)) is None  # SAME of a clause that is not known here
    assert inspection.take(trade_row()) is not None  # ALL was asked for
    assert len(inspection.tally.problems) == 1


def test_a_suspended_filter_of_ours_is_a_problem(inspection: Inspection) -> None:
    """None of the collection raises an error on any row."""
    apply(inspection, FOOTBALL)
    inspection.take(status("FILTERSUSPENDED", "ALL", "ALL", reason="division by zero"))
    assert len(inspection.tally.problems) == 1


def test_no_verdict_is_a_problem(inspection: Inspection) -> None:
    """The request is over then."""
    inspection.ask(FOOTBALL)
    assert "no verdict" in inspection.give_up()
    assert inspection.answered


def test_a_join_tells_the_filters_in_force(inspection: Inspection) -> None:
    """Others than FILTERAPPLIED announced are a problem."""
    apply(inspection, FOOTBALL)
    inspection.take(status("USERJOINED", "sport = 3", "ALL", user="bobby"))
    assert inspection.tally.problems == []
    inspection.take(status("USERJOINED", "NONE", "ALL", user="carol"))
    assert len(inspection.tally.problems) == 1
