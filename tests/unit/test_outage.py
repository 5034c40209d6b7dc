"""What a process says while something is away: in its log and its report, and no line again and again."""

import asyncio
import json
import logging
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from harness.waiting import until
from runtime import report, reporting
from runtime.logs import Unrepeated
from runtime.outage import Outage
from runtime.repeats import REPEAT_SECONDS
from runtime.trouble import Trouble, Troubles


@asynccontextmanager
async def report_of_this_process(directory: Path) -> AsyncIterator[None]:
    """Written for the time of the block."""
    writing = asyncio.create_task(reporting.keep(directory, "part"))
    await until(lambda: bool(report.read_all(directory)), "the report")
    yield
    writing.cancel()
    await asyncio.wait([writing])


class Setting:
    """An outage with a clock that stands still."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.troubles = Troubles(self._clock)
        self.outage = Outage("the server", logging.getLogger("test"), troubles=self.troubles, clock=self._clock)

    def _clock(self) -> float:
        return self.now


@pytest.fixture
def setting(caplog: pytest.LogCaptureFixture) -> Setting:
    """Everything is there."""
    caplog.set_level(logging.INFO)
    return Setting()


def test_an_outage_is_two_lines_however_often_it_is_tried(setting: Setting, caplog: pytest.LogCaptureFixture) -> None:
    """One when it begins, one when it is over."""
    for _ in range(1_000):
        setting.outage.note("refused")
        setting.now += 1
    setting.outage.end()
    setting.outage.end()
    assert caplog.messages == ["waiting for the server: refused", "the server is back after 1000.0 s; it was: refused"]


def test_the_end_is_not_said_twice_a_minute_either(setting: Setting, caplog: pytest.LogCaptureFixture) -> None:
    """Where the second outage began a minute after the first, and was shorter."""
    for seconds, pause in ((3, REPEAT_SECONDS - 2), (1, REPEAT_SECONDS), (1, 0)):
        setting.outage.note("refused")
        setting.now += seconds
        setting.outage.end()
        setting.now += pause
    assert caplog.messages == [
        "waiting for the server: refused",
        "the server is back after 3.0 s; it was: refused",
        "waiting for the server: refused (1 more losses since the last line)",
        "the server is back after 1.0 s; it was: refused",
    ]


def test_what_comes_and_goes_is_said_once_a_minute(setting: Setting, caplog: pytest.LogCaptureFixture) -> None:
    """With how often it went meanwhile."""
    for _ in range(int(REPEAT_SECONDS) + 1):
        setting.outage.note("refused")
        setting.outage.end()
        setting.now += 1
    assert caplog.messages == [
        "waiting for the server: refused",
        "the server is back after 0.0 s; it was: refused",
        "waiting for the server: refused (59 more losses since the last line)",
        "the server is back after 0.0 s; it was: refused",
    ]
    assert setting.troubles.times["the server"] == 61


def test_another_reason_is_news(setting: Setting, caplog: pytest.LogCaptureFixture) -> None:
    """Unless reasons differ from try to try."""
    for number in range(100):
        setting.outage.note(f"reason {number}")
    assert len(caplog.messages) == 5
    assert [trouble.reason for trouble in setting.troubles.present()] == ["reason 99"]


def test_troubles_are_present_until_they_are_over(setting: Setting) -> None:
    """Or until their time is over, where nobody will say so."""
    setting.outage.note("refused")
    setting.troubles.mention("a bug", "oh", 60)
    assert [trouble.what for trouble in setting.troubles.present()] == ["the server", "a bug"]
    setting.outage.end()
    setting.now += 59
    setting.troubles.mention("a bug", "oh again", 60)
    setting.now += 59
    assert [trouble.reason for trouble in setting.troubles.present()] == ["oh again"]
    setting.now += 1
    assert setting.troubles.present() == []


async def test_a_report_is_there_while_its_process_is(tmp_path: Path) -> None:
    """Written by the process, removed at its end; one of a dead process is not believed, and removed."""
    async with report_of_this_process(tmp_path):
        (found,) = report.read_all(tmp_path)
        assert (found.part, found.pid, found.is_silent) == ("part", os.getpid(), False)
    assert report.read_all(tmp_path) == []
    dead = {"part": "part", "pid": 2**22 + 1, "written": time.time(), "troubles": [], "times": {}}
    (tmp_path / "part-dead.json").write_text(json.dumps(dead))
    (tmp_path / "part-half.json").write_text("{")
    assert report.read_all(tmp_path) == []
    assert os.listdir(tmp_path) == ["part-half.json"]


def test_a_process_that_does_not_write_any_more_hangs() -> None:
    """Whatever it last said of itself."""
    silent = report.Report("part", os.getpid(), time.time() - 60, [Trouble("x", "y", 0)], {})
    assert "it hangs or is stopped" in silent.complaints()[0]
    moving = report.Report("part", os.getpid(), time.time(), [Trouble("the server", "refused", time.time() - 5)], {})
    assert moving.complaints() == ["the server: refused (for 5 s)"]


def test_a_line_is_written_once_a_minute() -> None:
    """Whatever writes it."""
    passes = Unrepeated()
    times = [0.0, 1.0, 59.0, 60.0, 61.0]
    assert [passes(line("again", at)) for at in times] == [True, False, False, True, False]
    assert passes(line("another", 61.0))


def line(text: str, at: float) -> logging.LogRecord:
    """A log record of that time."""
    record = logging.LogRecord("test", logging.INFO, __file__, 1, text, None, None)
    record.created = at
    return record


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"part": "x"}',
        '{"part": "x", "pid": "abc", "written": 1, "troubles": [], "times": {}}',
        '{"part": "x", "pid": -5, "written": 1, "troubles": [], "times": {}}',
        '{"part": "x", "pid": 1e30, "written": 1, "troubles": [], "times": {}}',
        '{"part": "x", "pid": 1, "written": "now", "troubles": [], "times": {}}',
        '{"part": "x", "pid": 1, "written": 1, "troubles": [{"what": 1}], "times": {}}',
        '{"part": "x", "pid": 1, "written": 1, "troubles": [], "times": []}',
    ],
)
async def test_what_is_no_report_is_passed_over(tmp_path: Path, text: str) -> None:
    """A disk that was full, or somebody's hand, may have left anything there."""
    (tmp_path / "x-1.json").write_text(text)
    async with report_of_this_process(tmp_path):
        assert [found.part for found in report.read_all(tmp_path)] == ["part"]


def test_a_report_of_the_future_is_of_a_process_that_hangs() -> None:
    """The clock was set back since it was written."""
    assert report.Report("part", os.getpid(), time.time() + 3600, [], {}).is_silent
    assert not report.Report("part", os.getpid(), time.time(), [], {}).is_silent


async def test_a_report_comes_when_it_can_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """As when a full disk has room again; the log says once that there is none."""
    caplog.set_level(logging.INFO)
    directory = tmp_path / "report"
    directory.write_text("in the way")
    writing = asyncio.create_task(reporting.keep(directory, "part"))
    await asyncio.sleep(2.5 * report.WRITE_SECONDS)
    directory.unlink()
    await until(lambda: bool(report.read_all(directory)), "the report")
    writing.cancel()
    await asyncio.wait([writing])
    assert len(caplog.messages) == 1
    assert "no report in" in caplog.text
