"""`edgechat feed guess`: the command that fits what came."""

import json
import shlex
from typing import Any

import pytest

from edgechat.feed.database import FeedRefusedError
from edgechat.feed.guess import write_command

RESERVED = {"order", "subject", "message"}


def columns_of(*messages: Any) -> list[str]:
    """The columns that are guessed for these JSON messages."""
    data = [json.dumps(message).encode() for message in messages]
    words = shlex.split(write_command("weather", "weather.>", data, RESERVED))
    assert words[:8] == ["edgechat", "feed", "add", "weather", "--subject", "weather.>", "--format", "json"]
    return words[9::2]


@pytest.mark.parametrize(
    ("values", "column"),
    [
        (["Ulm", None], "x:text"),
        ([21.5, 3], "x:float"),
        ([3, -7], "x:integer"),
        ([3, 2**40], "x:bigint"),
        ([2**70], "x:float"),
        ([True, False], "x:boolean"),
        ([["a"], []], "x:text[]"),
        ([["a", 1]], "x:jsonb"),
        ([1, "one"], "x:jsonb"),
        (["2026-11-28T12:00:00Z", "2026-11-28"], "x:timestamp"),
        (["2026-99-28T12:00:00Z"], "x:text"),
        ([1_700_000_000], "x:integer"),
        ([None], "x:text"),
    ],
)
def test_types(values: list[Any], column: str) -> None:
    """What all values of a field fit into; null says nothing."""
    assert columns_of(*({"x": value} for value in values)) == [column]


def test_numbers_that_are_times_by_their_name() -> None:
    """Seconds and milliseconds, of a field that says so."""
    assert columns_of({"created_at": 1_700_000_000, "ts": 1_700_000_000_000, "measuredAt": 1.7e9, "rate": 1.7e9}) == [
        "created_at:timestamp",
        "ts:timestamp",
        "measured_at:timestamp=measuredAt",
        "rate:float",
    ]


def test_fields_within_fields_and_names_that_cannot_be() -> None:
    """A path where the name is another: deeper, in capitals, a word of SQL, there already, or of no letters."""
    message = {
        "station": {"id": "a", "Pos": {"lat": 1.5}},
        "id": 7,
        "order": 1,
        "x.y": 1,
        "ü": 2,
        "deep": {"a": {"b": {"c": 1}}},
    }
    assert columns_of(message) == [
        "id:text=station.id",
        "lat:float=station.Pos.lat",
        "the_id:integer=id",
        "the_order:integer=order",
        "the:integer=ü",
        "b:jsonb=deep.a.b",
    ]


def test_text_and_what_is_neither() -> None:
    """Lines are a feed of text; bytes that are no text need a descriptor, which the error says."""
    assert write_command("log", "logs", [b"one", b"{not json"], set()).endswith("--subject logs --format text")
    with pytest.raises(FeedRefusedError, match="--format protobuf --descriptor FILE"):
        write_command("log", "logs", [b"\xff\xfe\x00"], set())
