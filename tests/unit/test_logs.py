"""Lines of the log: text or JSON, without secrets, and never a flood."""

import ast
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.logs import LINES, MOST_ALIKE, JsonFormatter, TextFormatter, Unrepeated, event, without_secrets
from runtime.repeats import REPEAT_SECONDS, Repeats

ROOT = Path(__file__).parents[2]
PACKAGES = ("bridge", "db", "edgechat", "feedsim", "gateway", "runtime", "servers")
LEVELS = {"info", "warning", "error", "exception", "critical"}
TEXT = "%(levelname)s %(name)s: %(message)s"


@pytest.fixture
def written() -> Iterator[tuple[logging.Logger, logging.Handler, io.StringIO]]:
    """A logger of its own, what formats its lines, and the lines."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(Unrepeated())
    logger = logging.getLogger("test_logs")
    logger.propagate = False
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield logger, handler, stream
    logger.removeHandler(handler)


Written = tuple[logging.Logger, logging.Handler, io.StringIO]


def test_an_event_in_json(written: Written) -> None:
    """One object in a line, with the event's name and fields, and the stack of an error."""
    logger, handler, stream = written
    handler.setFormatter(JsonFormatter("gateway"))
    logger.info("gateway %d serves %s", 1, "ws://h", extra=event("serving", gateway_id=1, host="h"))
    try:
        raise ValueError("it\nbroke")
    except ValueError:
        logger.exception("a bug", extra=event("fault"))
    logger.warning("of a library")
    first, second, third = map(json.loads, stream.getvalue().splitlines())
    assert first.pop("time").startswith("20")
    assert first == {
        "level": "info",
        "part": "gateway",
        "event": "serving",
        "message": "gateway 1 serves ws://h",
        "gateway_id": 1,
        "host": "h",
    }
    assert "ValueError: it\nbroke" in second["stack"]
    assert (third["event"], third["level"]) == ("test_logs", "warning")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("at postgresql://adam:pass@h:5/d now", "at postgresql://adam:***@h:5/d now"),
        ("postgres://a:p%40:x@h1:1,h2:2/d", "postgres://a:***@h1:1,h2:2/d"),
        ("postgresql://adam@h/d", "postgresql://adam@h/d"),
        ("nats://token@h:4222", "nats://***@h:4222"),
        ("nats://u:p@h,nats://u:q@i", "nats://u:***@h,nats://u:***@i"),
        ("no secret: ws://127.0.0.1:4242", "no secret: ws://127.0.0.1:4242"),
        ("host=h password=pass user=u", "host=h password=*** user=u"),
        ("AUTH_SECRET=pass, and more", "AUTH_SECRET=***, and more"),
        ("mail of a@b, at 12:30", "mail of a@b, at 12:30"),
    ],
)
def test_secrets_are_not_written(text: str, shown: str) -> None:
    """Of URLs the passwords, and what is a password by its name."""
    assert without_secrets(text) == shown


def test_secrets_are_in_neither_form(written: Written) -> None:
    """Not in words, fields or stacks, and what is written stays JSON."""
    logger, handler, stream = written
    for formatter in (TextFormatter(TEXT), JsonFormatter("gateway")):
        handler.setFormatter(formatter)
        try:
            raise OSError("cannot reach postgresql://u:hidden@h/d?password=hidden")
        except OSError as error:
            words = f"away: {type(formatter).__name__}: %s"
            logger.exception(words, error, extra=event("x", url="nats://hidden@h", dsn="password=hidden"))
    text = stream.getvalue()
    assert "hidden" not in text
    assert json.loads(text.splitlines()[-1])["dsn"] == "password=***"


def test_a_flood_is_counted(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that differ in what they name are written up to a limit; a minute later one says how many were not."""
    logger, handler, stream = written
    handler.setFormatter(TextFormatter(TEXT))
    now = [1_000_000.0]
    monkeypatch.setattr("time.time", lambda: now[0])
    before = LINES["warning"]
    for number in range(MOST_ALIKE + 7):
        logger.warning("lost %d", number)
    logger.warning("something else")
    assert stream.getvalue().count("lost") == MOST_ALIKE
    assert "something else" in stream.getvalue()
    now[0] += REPEAT_SECONDS
    logger.warning("lost %d", -1)
    logger.warning("lost %d", -2)
    assert stream.getvalue().splitlines()[-2:] == [
        "WARNING test_logs: lost -1 (7 more like it were not logged)",
        "WARNING test_logs: lost -2",
    ]
    assert LINES["warning"] - before == MOST_ALIKE + 7 + 3


def test_what_repeats_is_told_with_how_often() -> None:
    """Once a minute; and of too many kinds the one that was told longest ago is forgotten."""
    now = [0.0]
    repeats = Repeats(lambda: now[0], most=2)
    assert [repeats.meet("a") for _ in range(3)] == ["", None, None]
    now[0] = REPEAT_SECONDS
    assert repeats.meet("a") == " (4 times so far)"
    for kind in "bc":
        assert repeats.meet(kind) == ""
    assert len(repeats) == 2
    assert repeats.meet("a") == ""


def test_every_line_of_ours_names_its_event() -> None:
    """Whatever is logged, but for what debugging shows."""
    calls = [
        (f"{path.relative_to(ROOT)}:{node.lineno}", {keyword.arg for keyword in node.keywords})
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS
        if "logg" in ast.unparse(node.func.value)
    ]
    assert len(calls) > 15
    assert [place for place, keywords in calls if "extra" not in keywords] == []
