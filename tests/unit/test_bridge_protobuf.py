"""Protobuf messages of types that a feed brings along."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, message_factory, timestamp_pb2
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field
from google.protobuf.descriptor_pool import DescriptorPool

from bridge.check import check_feed
from bridge.decoder import make_decoder
from bridge.errors import FeedError, RejectError
from bridge.feed import Column, Feed

FIELDS = (
    ("city", Field.TYPE_STRING, ""),
    ("degrees", Field.TYPE_DOUBLE, ""),
    ("count", Field.TYPE_UINT64, ""),
    ("small", Field.TYPE_UINT32, ""),
    ("wet", Field.TYPE_BOOL, ""),
    ("sky", Field.TYPE_ENUM, ".meteo.Sky"),
    ("at", Field.TYPE_MESSAGE, ".google.protobuf.Timestamp"),
    ("epoch", Field.TYPE_INT64, ""),
    ("station", Field.TYPE_MESSAGE, ".meteo.Station"),
    ("raw", Field.TYPE_BYTES, ""),
    ("tags*", Field.TYPE_STRING, ""),
    ("skies*", Field.TYPE_ENUM, ".meteo.Sky"),
    ("stations*", Field.TYPE_MESSAGE, ".meteo.Station"),
    ("note?", Field.TYPE_STRING, ""),
)
COLUMNS = [
    *("city:text", "degrees:float", "count:bigint", "small:integer", "wet:boolean", "sky_name:text=sky", "sky:integer"),
    *("at:timestamp", "epoch:timestamp", "station:text=station.id", "tags:text[]", "skies:text[]", "note:text"),
    *("place:jsonb=station", "all_tags:jsonb=tags", "raw:jsonb", "doc:jsonb=*"),
]


def descriptors() -> descriptor_pb2.FileDescriptorSet:
    """As protoc writes them without what it brings along, the file that is imported behind the one that does."""
    found = descriptor_pb2.FileDescriptorSet()
    file = found.file.add(name="meteo.proto", package="meteo", syntax="proto3")
    file.dependency.extend(["sky.proto", "google/protobuf/timestamp.proto"])
    station = file.message_type.add(name="Station")
    station.field.add(name="id", number=1, type=Field.TYPE_STRING, label=Field.LABEL_OPTIONAL, json_name="id")
    report = file.message_type.add(name="Report")
    for number, (name, kind, type_name) in enumerate(FIELDS, 1):
        label = Field.LABEL_REPEATED if name.endswith("*") else Field.LABEL_OPTIONAL
        field = report.field.add(
            name=name.rstrip("*?"), number=number, type=kind, label=label, type_name=type_name or None
        )
        if name.endswith("?"):
            field.proto3_optional, field.oneof_index = True, 0
            report.oneof_decl.add(name="_note")
    sky = found.file.add(name="sky.proto", package="meteo", syntax="proto3").enum_type.add(name="Sky")
    for number, name in enumerate(("CLEAR", "CLOUDY")):
        sky.value.add(name=name, number=number)
    return found


DESCRIPTOR = descriptors().SerializeToString()


def make(**fields: Any) -> bytes:
    """A report."""
    pool = DescriptorPool()
    for file in (*reversed(descriptors().file),):
        if file.name == "meteo.proto":
            pool.AddSerializedFile(timestamp_pb2.DESCRIPTOR.serialized_pb)
        pool.Add(file)
    message: Any = message_factory.GetMessageClass(pool.FindMessageTypeByName("meteo.Report"))(**fields)
    return bytes(message.SerializeToString())


def feed(*columns: str, descriptor: bytes = DESCRIPTOR, message_type: str = "meteo.Report") -> Feed:
    """A feed with these columns, as Postgres lists it."""
    types = {"float": "numeric", "timestamp": "timestamptz"}
    made = []
    for text in columns:
        name, _, rest = text.partition(":")
        kind, _, path = rest.partition("=")
        made.append(Column(name, path or name, types.get(kind, kind), kind, 500 if path == "*" else 200))
    return Feed("weather", "weather", tuple(made), "protobuf", message_type, descriptor)


def test_fields_fill_columns_of_their_types() -> None:
    """Nested ones by their path, enums as number or name, times, arrays, and anything as JSON."""
    data = make(
        city="Delft",
        degrees=21.5,
        count=7,
        small=8,
        wet=True,
        sky=1,
        at={"seconds": 1_795_902_067, "nanos": 123_456_789},
        epoch=1_795_902_067_250,
        station={"id": "A"},
        raw=b"\0",
        tags=["a", 'b"'],
        skies=[0, 1, 7],
        note="",
    )
    values = make_decoder(feed(*COLUMNS)).decode(data)
    assert values[:7] == ("Delft", 21.5, 7, 8, True, "CLOUDY", 1)
    assert values[7] == datetime(2026, 11, 28, 21, 41, 7, 123_456, UTC)
    assert values[8] == datetime(2026, 11, 28, 21, 41, 7, 250_000, UTC)
    assert values[9:13] == ("A", '{"a","b\\""}', '{"CLEAR","CLOUDY","7"}', "")
    assert [json.loads(value) for value in values[13:16]] == [{"id": "A"}, ["a", 'b"'], "AA=="]
    assert json.loads(values[16])["station"] == {"id": "A"}


def test_what_is_absent_is_null_or_its_default() -> None:
    """As proto3 has it: null where absence can be told."""
    values = make_decoder(feed(*COLUMNS)).decode(b"")
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert values == (*("", 0.0, 0, 0, False, "CLEAR", 0, None, epoch, None, "{}", "{}", None, None, "[]", '""', "{}"),)


def test_plain_fields_are_read() -> None:
    """Where none can be absent or needs a look of its own."""
    assert make_decoder(feed("city:text", "degrees:float")).decode(make(city="Ede", degrees=1)) == ("Ede", 1.0)


@pytest.mark.parametrize(
    ("column", "fields", "reason"),
    [
        ("count:bigint", {"count": 2**63}, "count is 9223372036854775808, and a whole number from"),
        ("small:integer", {"small": 2**31}, "small is 2147483648, and a whole number from"),
        (
            "at:timestamp",
            {"at": {"seconds": 2**62}},
            "at is 4611686018427387904, and a time in the years 1 to 9999 was expected",
        ),
        ("epoch:timestamp", {"epoch": 2**62}, "epoch is 4611686018427387904, and a time"),
        ("city:text", {"city": "x" * 201}, "city has 201 bytes; at most 200 are allowed"),
        ("city:text", {"city": "\0"}, "city contains a NUL character"),
        ("tags:text[]", {"tags": ["\0"]}, "tags contains a NUL character"),
        ("tags:text[]", {"tags": ["x" * 200]}, "tags has 204 bytes"),
        ("doc:jsonb=*", {"city": "\0"}, "* contains a NUL character"),
    ],
)
def test_values_that_do_not_fit_are_refused(column: str, fields: dict[str, Any], reason: str) -> None:
    """In words."""
    with pytest.raises(RejectError) as refused:
        make_decoder(feed(column)).decode(make(**fields))
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("nonsense:text", "column nonsense: the message meteo.Report has no field nonsense"),
        ("x:text=station.name", "column x: the message meteo.Station has no field name"),
        ("x:text=city.name", "column x: city is no single message, so it has no field name"),
        ("x:text=stations.id", "column x: stations is no single message, so it has no field id"),
        ("raw:text", "column raw: raw is bytes, which cannot fill a column of text"),
        ("degrees:text", "column degrees: degrees is double, which cannot fill a column of text"),
        ("degrees:integer", "column degrees: degrees is double, which cannot fill a column of integer"),
        ("tags:text", "column tags: tags is repeated string, which cannot fill a column of text"),
        ("station:text", "column station: station is meteo.Station, which cannot fill a column of text"),
        ("stations:text[]", "column stations: stations is repeated meteo.Station, which cannot fill"),
        ("city:timestamp", "column city: city is string, which cannot fill a column of timestamptz"),
        ("x:text=*", "column x: only a column of jsonb can take the whole message"),
    ],
)
def test_a_column_that_no_field_can_fill_is_refused(column: str, reason: str) -> None:
    """When the feed is read, and before it is added."""
    with pytest.raises(FeedError) as refused:
        make_decoder(feed(column))
    assert reason in str(refused.value)
    with pytest.raises(FeedError) as refused:
        check_feed("protobuf", [column], "meteo.Report", DESCRIPTOR)
    assert reason in str(refused.value)


def test_a_descriptor_that_cannot_be_used_is_refused() -> None:
    """No descriptor, one without the message, one without what it imports, one that contradicts itself."""
    alone = descriptors()
    del alone.file[1]
    twisted = descriptors()
    twisted.file[0].message_type[1].field[8].type_name = ".meteo.Nobody"
    for descriptor, message_type, reason in (
        (b"\xff", "meteo.Report", "its descriptor is no FileDescriptorSet"),
        (DESCRIPTOR, "meteo.Storm", "it carries meteo.Storm, which its descriptor lacks"),
        (b"", "meteo.Report", "it carries meteo.Report, which its descriptor lacks"),
        (
            alone.SerializeToString(),
            "meteo.Report",
            "its descriptor lacks the file sky.proto: make it with --include_imp",
        ),
        (twisted.SerializeToString(), "meteo.Report", "its descriptor cannot be used: "),
    ):
        with pytest.raises(FeedError) as refused:
            make_decoder(feed("city:text", descriptor=descriptor, message_type=message_type))
        assert reason in str(refused.value)


def test_a_good_feed_passes_the_check() -> None:
    """Of each format; what is no column at all is left to Postgres."""
    check_feed("protobuf", COLUMNS, "meteo.Report", DESCRIPTOR)
    check_feed("protobuf", ["sport:integer", "match_title:text"], "event")
    check_feed("json", ["city:text", "temperature:float", "doc:jsonb=*", "nonsense"])
    check_feed("text", [])
    with pytest.raises(FeedError, match="there is no format 'xml'"):
        check_feed("xml", ["city:text"])
