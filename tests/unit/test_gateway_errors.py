"""What of Postgres's errors is a fault, and that the log tells each kind of fault once in a while and not each time."""

import asyncpg
import pytest

from gateway import errors
from gateway.errors import DatabaseAwayError, DatabaseFaultError, translated
from runtime.repeats import MAX_KINDS, REPEAT_SECONDS, Repeats
from runtime.trouble import Troubles


@pytest.fixture(autouse=True)
def troubles(monkeypatch: pytest.MonkeyPatch) -> Troubles:
    """Those of a gateway that has just started, and has said nothing."""
    troubles = Troubles()
    monkeypatch.setattr(errors, "FAULTS", Repeats())
    monkeypatch.setattr(errors, "TROUBLES", troubles)
    return troubles


@pytest.mark.parametrize(
    "error",
    [
        OSError("gone"),
        TimeoutError(),
        asyncpg.ConnectionDoesNotExistError("gone"),
        asyncpg.ReadOnlySQLTransactionError("read-only"),
        asyncpg.OutOfMemoryError("memory"),
        asyncpg.DiskFullError("disk"),
        asyncpg.TooManyConnectionsError("full"),
        asyncpg.DeadlockDetectedError("deadlock"),
        asyncpg.AdminShutdownError("stopping"),
        asyncpg.ProgramLimitExceededError("too many notifications in the NOTIFY queue"),
    ],
)
def test_what_may_pass_is_no_fault(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """Asking again may help: nothing is said here."""
    assert isinstance(translated(error), DatabaseAwayError)
    assert caplog.text == ""


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.UndefinedFunctionError("function chat.f() does not exist"),
        asyncpg.InsufficientPrivilegeError("permission denied for function f"),
        asyncpg.DivisionByZeroError("division by zero"),
        asyncpg.UniqueViolationError("duplicate key"),
    ],
)
def test_what_stays_is_a_fault_and_said(error: Exception, caplog: pytest.LogCaptureFixture, troubles: Troubles) -> None:
    """Whoever runs it must do something."""
    assert isinstance(translated(error), DatabaseFaultError)
    assert str(error) in caplog.text
    assert any(str(error) in trouble.reason for trouble in troubles.present())


def test_a_fault_is_said_once_whatever_data_it_names(caplog: pytest.LogCaptureFixture) -> None:
    """Another fault is said too."""
    for number in range(9):
        translated(asyncpg.DataError(f'invalid input syntax for type bigint: "{number} o\'clock" at 1{number}'))
    translated(asyncpg.InsufficientPrivilegeError("permission denied for function f"))
    translated(asyncpg.InsufficientPrivilegeError("permission denied for function g"))
    assert len(caplog.records) == 3


def test_many_kinds_of_faults_are_not_remembered_for_ever() -> None:
    """The oldest is forgotten, and said again if it comes again."""
    for number in range(MAX_KINDS * 2):
        translated(asyncpg.DataError("x" * number))
    assert len(errors.FAULTS) == MAX_KINDS


def test_how_often_a_fault_was_met_is_said_with_the_next_line(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute later, in one line; and a fault stands in the report as long as it is met."""
    now = [0.0]
    monkeypatch.setattr(errors, "FAULTS", Repeats(lambda: now[0]))
    troubles = Troubles(lambda: now[0])
    monkeypatch.setattr(errors, "TROUBLES", troubles)
    for _ in range(5):
        translated(asyncpg.UndefinedFunctionError("function chat.f() does not exist"))
    now[0] = REPEAT_SECONDS
    translated(asyncpg.UndefinedFunctionError("function chat.f() does not exist"))
    first, second = (record.getMessage() for record in caplog.records)
    assert "times so far" not in first
    assert "(6 times so far)" in second
    assert "run `edgechat migrate`" in first
    assert [trouble.what for trouble in troubles.present()] == [
        "Postgres refuses what it should do (UndefinedFunctionError)"
    ]
    now[0] += REPEAT_SECONDS
    assert troubles.present() == []
