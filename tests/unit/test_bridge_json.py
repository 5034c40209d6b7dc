"""JSON becomes column values, or a reason in words why not."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bridge.decoder import make_decoder
from bridge.errors import FeedError, RejectError
from bridge.feed import Column, Feed

LIMIT = 40
SENT_AS = {"numeric": "double precision", "text[]": "text", "jsonb": "text"}


def column(type_name: str, path: str = "v", max_bytes: int = LIMIT) -> Column:
    """A column of this type."""
    is_text = type_name in ("text", "text[]", "jsonb")
    return Column("v", path, type_name, SENT_AS.get(type_name, type_name), max_bytes if is_text else None)


def decode(type_name: str, value: str, path: str = "v") -> Any:
    """What the one column of a feed gets of {"v": <value>}."""
    (found,) = make_decoder(Feed("f", "f", (column(type_name, path),))).decode(b'{"v": %b}' % value.encode())
    return found


@pytest.mark.parametrize(
    ("type_name", "value", "expected"),
    [
        ("text", '"Ajax"', "Ajax"),
        ("text", '""', ""),
        ("text", r'"\ud83d\ude00 \\u0000"', "😀 \\u0000"),
        ("text", '"' + "€" * 13 + '"', "€" * 13),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("integer", "-2147483648", -(2**31)),
        ("integer", "21.0", 21),
        ("integer", "2e3", 2000),
        ("bigint", "9223372036854775807", 2**63 - 1),
        ("numeric", "21.5", 21.5),
        ("numeric", "21", 21.0),
        ("numeric", "12345678901234567890123", 1.2345678901234568e22),
        ("timestamptz", '"2026-11-28T21:41:07.5Z"', datetime(2026, 11, 28, 21, 41, 7, 500_000, UTC)),
        ("timestamptz", '"2026-11-28T22:41:07+01:00"', datetime(2026, 11, 28, 21, 41, 7, 0, UTC)),
        ("timestamptz", '"2026-11-28 21:41:07"', datetime(2026, 11, 28, 21, 41, 7, 0, UTC)),
        ("timestamptz", '"2026-11-28"', datetime(2026, 11, 28, tzinfo=UTC)),
        ("timestamptz", "1795902067", datetime(2026, 11, 28, 21, 41, 7, 0, UTC)),
        ("timestamptz", "1795902067.25", datetime(2026, 11, 28, 21, 41, 7, 250_000, UTC)),
        ("timestamptz", "1795902067250", datetime(2026, 11, 28, 21, 41, 7, 250_000, UTC)),
        ("timestamptz", "-1", datetime(1969, 12, 31, 23, 59, 59, 0, UTC)),
        ("text[]", "[]", "{}"),
        ("text[]", r'["a", null, "NULL", "b\"\\{,"]', r'{"a",NULL,"NULL","b\"\\{,"}'),
        ("jsonb", '{"b": [1.50, 12345678901234567890123]}', '{"b": [1.50, 12345678901234567890123]}'),
        ("jsonb", "false", "false"),
        ("jsonb", '"\\\\u0000"', '"\\\\u0000"'),
        *((kind, "null", None) for kind in ("text", "boolean", "integer", "numeric", "timestamptz", "text[]", "jsonb")),
    ],
)
def test_values_of_each_type(type_name: str, value: str, expected: Any) -> None:
    """As Postgres is sent them."""
    found = decode(type_name, value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("type_name", "value", "reason"),
    [
        ("text", "3", "v is 3, and a text was expected"),
        ("text", '["a"]', 'v is ["a"], and a text was expected'),
        ("text", '"' + "€" * 14 + '"', "v has 42 bytes; at most 40 are allowed"),
        ("text", r'"a\u0000"', "v contains a NUL character, which Postgres cannot hold"),
        ("boolean", "1", "v is 1, and true or false was expected"),
        ("boolean", '"true"', 'v is "true", and true or false was expected'),
        ("integer", "true", "v is true, and a whole number was expected"),
        ("integer", "1.5", "v is 1.5, and a whole number was expected"),
        ("integer", "2147483648", "v is 2147483648, and a whole number from -2147483648 to 2147483647 was expected"),
        ("bigint", "1e300", "v is 1e+300, and a whole number from -9223372036854775808 to 9223372036854775807"),
        ("numeric", '"warm"', 'v is "warm", and a number was expected'),
        ("numeric", "false", "v is false, and a number was expected"),
        ("numeric", "9" * 400, "…, and a number of at most 1.8e308 was expected"),
        ("timestamptz", '"soon"', 'v is "soon", and a time as ISO 8601 has it, or in seconds since 1970, was expected'),
        ("timestamptz", '"2026-02-30"', 'v is "2026-02-30", and a time'),
        ("timestamptz", '"0001-01-01T00:00:00+01:00"', "and a time as ISO 8601"),
        ("timestamptz", "1e300", "v is 1e+300, and a time"),
        ("timestamptz", "true", "v is true, and a time"),
        ("text[]", '["a", 1]', 'v is ["a", 1], and an array of texts was expected'),
        ("text[]", '"a"', 'v is "a", and an array of texts was expected'),
        ("text[]", r'["\u0000"]', "v contains a NUL character"),
        ("text[]", json.dumps(["a"] * 14), "v has 57 bytes; at most 40 are allowed"),
        ("jsonb", r'{"a": "\u0000"}', "v contains a NUL character"),
        ("jsonb", r'{"\\\u0000": 1}', "v contains a NUL character"),
        ("jsonb", "1" * 41, "v has 41 bytes; at most 40 are allowed"),
        ("text", "{" + '"a": 1,' * 20 + '"b": 2}', 'v is {"a": 1, "b": 2}, and a text was expected'),
        ("text", '["' + "x" * 100 + '"]', 'v is ["' + "x" * 58 + "…, and a text was expected"),
    ],
)
def test_reasons_name_field_value_and_what_was_expected(type_name: str, value: str, reason: str) -> None:
    """Each kind of bad value is refused with what is wrong with it."""
    with pytest.raises(RejectError) as refused:
        decode(type_name, value)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is no JSON object: Input data was truncated"),
        (b"it rains", "is no JSON object: JSON is malformed"),
        (b"[1]", "the message is [1], and a JSON object was expected"),
        (b"null", "the message is null, and a JSON object was expected"),
        (b'{"v": "a"}{}', "trailing characters"),
        (b'{"v": NaN}', "is no JSON object: JSON is malformed"),
        (b'{"w": Infinity}', "is no JSON object: JSON is malformed"),
        (b'{"w": 1e400}', "is no JSON object: Number out of range"),
        (b'{"w": "\xff"}', "is not valid UTF-8"),
        (rb'{"w": "\ud800"}', r"has \ud800, half a pair of surrogates, which is no character"),
        (rb'{"w": "\ud800\ud800 "}', r"has \ud800, half a pair of surrogates"),
        (b'{"v": ' + b"[" * 64 + b"]" * 64 + b"}", "has more than 64 objects and arrays within each other"),
        (b'{"v": ' + b"[" * 90_000 + b"]" * 90_000 + b"}", "has more than 64 objects and arrays within each other"),
    ],
)
def test_what_is_no_object_of_json_is_refused(data: bytes, reason: str) -> None:
    """Also where it is wrong behind what the columns take."""
    with pytest.raises(RejectError) as refused:
        make_decoder(Feed("f", "f", (column("text"),))).decode(data)
    assert reason in str(refused.value)


def test_brackets_are_counted_only_within_each_other() -> None:
    """Many beside each other, and those in texts, are no depth."""
    data = json.dumps({"v": "[" * 9 + '\\"{', "w": [[1]] * 100, "x": "{" * 200}).encode()
    assert make_decoder(Feed("f", "f", (column("text"),))).decode(data) == ("[" * 9 + '\\"{',)


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("a.b", {"a": {"b": "x"}}, "x"),
        ("a.b", {"a": {}}, None),
        ("a.b", {}, None),
        ("a.b", {"a": None}, None),
        ("a.b.c", {"a": {"b": {"c": "x"}}}, "x"),
    ],
)
@pytest.mark.parametrize("type_name", ["text", "jsonb"])
def test_a_path_leads_into_objects(type_name: str, path: str, data: dict[str, Any], expected: str | None) -> None:
    """What is missing on the way is null."""
    decoder = make_decoder(Feed("f", "f", (column(type_name, path),)))
    wanted = f'"{expected}"' if expected and type_name == "jsonb" else expected
    assert decoder.decode(json.dumps(data).encode()) == (wanted,)


def test_a_path_through_something_else_is_refused() -> None:
    """A text or an array has no keys."""
    for value, shown in (("x", '"x"'), ([{"b": 1}], '[{"b": 1}]')):
        with pytest.raises(RejectError) as refused:
            make_decoder(Feed("f", "f", (column("jsonb", "a.b"),))).decode(json.dumps({"a": value}).encode())
        assert str(refused.value) == f"a is {shown}, and an object was expected"


def test_the_last_of_two_equal_keys_counts() -> None:
    """In every type of column alike."""
    feed = Feed("f", "f", (column("integer", "a.b"), column("jsonb", "a.b"), column("jsonb", "a")))
    assert make_decoder(feed).decode(b'{"a": {"b": 1}, "a": {"b": 2, "b": 3}}') == (3, "3", '{"b": 2, "b": 3}')


def test_the_whole_message_can_be_a_column() -> None:
    """As it came, blanks and digits included; of jsonb only."""
    data = b' {"a": 0.1000000000000000001, "b": []} '
    assert make_decoder(Feed("f", "f", (column("jsonb", "*"),))).decode(data) == (data.decode(),)
    with pytest.raises(FeedError, match="only a column of jsonb"):
        make_decoder(Feed("f", "f", (column("text", "*"),)))


def test_a_path_that_cannot_be_cut_out_is_refused() -> None:
    """A feed with a key that the parser has no name for."""
    with pytest.raises(FeedError, match="column v: the path"):
        make_decoder(Feed("f", "f", (column("jsonb", 'a"b'),)))


def test_a_message_of_text_is_its_line() -> None:
    """With its end; of UTF-8, without NUL, and not too long."""
    decoder = make_decoder(Feed("f", "f", (column("text", "line"),), "text"))
    assert decoder.decode("it rains €\n".encode()) == ("it rains €\n",)
    assert decoder.decode(b"") == ("",)
    for data, reason in (
        (b"\xff", "line is not valid UTF-8"),
        (b"a\0", "line contains a NUL character, which Postgres cannot hold"),
        (b"x" * 41, "line has 41 bytes; at most 40 are allowed"),
    ):
        with pytest.raises(RejectError) as refused:
            decoder.decode(data)
        assert str(refused.value) == reason
    with pytest.raises(FeedError):
        make_decoder(Feed("f", "f", (), "text"))
