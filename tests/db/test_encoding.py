"""What SQL encodes is, byte for byte, what the generated classes write."""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from proto.chatmessage_pb2 import COMMENT, PREVIEW, ROOM_STATUS, chatmessage, feedfilter, msgtype, roomstatus
from proto.execution_pb2 import execution

Connection = Any

NUMBERS = """
select chat.encode_varint(n), chat.encode_number(%s, n) from unnest(%s::bigint[]) with ordinality as u(n, place)
order by place
"""
TEXTS = "select chat.encode_text(%s, t) from unnest(%s::text[]) with ordinality as u(t, place) order by place"
BYTES = "select chat.encode_bytes(%s, b) from unnest(%s::bytea[]) with ordinality as u(b, place) order by place"
COMMENTS = """
select chat.encode_comment(username, room_id, comment, seq)
from unnest(%s::text[], %s::integer[], %s::text[], %s::bigint[])
  with ordinality as u(username, room_id, comment, seq, place)
order by place
"""
STATUSES = """
select chat.encode_status(userstatus, username, room_id, array[1, 2], array[sport, execution], seq, reason)
from unnest(%s::text[], %s::text[], %s::integer[], %s::text[], %s::text[], %s::bigint[], %s::text[])
  with ordinality as u(userstatus, username, room_id, sport, execution, seq, reason, place)
order by place
"""
STATUS_OF_FEEDS = "select chat.encode_status('FILTERAPPLIED', 'adam', -1, %s, %s, 7, 'why', 3)"
ADD_FEEDS = """
insert into chat.feed (feed_id, name, subject, format, msgtype)
select n, 'feed_' || n, 'feed.' || n, 'json', 7 from generate_series(100, %s) as n
"""
OPEN_ROOMS = "select chat.configure_rooms(%s)"
OPEN_GATEWAY = "select chat.open_gateway()"
LEAVE = "delete from chat.member"
ENTER = """
insert into chat.member (username, name_key, room_id, gateway_id, joined_at)
select u.username, u.username, u.room_id, 1, to_timestamp(u.place)
from unnest(%s::text[], %s::integer[]) with ordinality as u(username, room_id, place)
"""
ROOMS_WITHIN = "select chat.encode_rooms_within(%s, %s), chat.encode_rooms(%s)"
MSGTYPES = "select name, chat.msgtype(name) from unnest(%s::text[]) as name"
FEEDS = "select message_type, msgtype, message_field, filter_field from chat.feed where message_field is not null"

MOST_LISTED = 64
"""Rooms up to which a ROOM_STATUS tells of all; with more, of the one that it is about (docs/protocol.md)."""
LONGEST_NAME = 64
LONGEST_REASON = 4000
"""Characters of `user` and `reason` in a ROOM_STATUS, so that it fits in a frame."""
EDGES = [0, 1, 127, 128, 255, 16_383, 16_384, 2**31 - 1, 2**32, 2**56 - 1, 2**63 - 1]
NAMES = [descriptor.name for descriptor in msgtype.DESCRIPTOR.values]

# Postgres keeps no U+0000, UTF-8 no surrogates.
characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
texts = st.text(characters, max_size=40) | st.sampled_from(["", "x" * 127, "x" * 128, "é" * 8192, "東" * 40_000])
some_text = st.none() | texts
seqs = st.none() | st.integers(0, 2**63 - 1) | st.sampled_from(EDGES)
signed = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([*EDGES, *(-edge for edge in EDGES), -(2**63)])
room_ids = st.none() | st.integers(-(2**31), 2**31 - 1) | st.integers(-1, 5)
comments = st.tuples(some_text, room_ids, some_text, seqs)
statuses = st.tuples(
    st.none() | st.sampled_from(["PENDING", "USERJOINED", "FILTERAPPLIED", ""]),
    some_text,
    room_ids,
    some_text,
    some_text,
    seqs,
    some_text,
)
quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture
def chat(database: str) -> Iterator[Connection]:
    """A connection with a gateway to be members by."""
    connection = psycopg2.connect(database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(OPEN_GATEWAY)
    yield connection
    connection.close()


def fetch(chat: Connection, query: str, *arguments: object) -> list[tuple[Any, ...]]:
    """The rows of a query, bytes as Python has them."""
    with chat.cursor() as cursor:
        cursor.execute(query, arguments)
        return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor]


def columns(cases: list[tuple[Any, ...]]) -> list[list[Any]]:
    """The cases turned, as unnest takes them."""
    return [list(column) for column in zip(*cases, strict=True)]


def fields(**values: Any) -> dict[str, Any]:
    """Those that are set."""
    return {name: value for name, value in values.items() if value is not None}


def test_numbers_are_encoded_as_protobuf_does(chat: Connection) -> None:
    """Varints of every length, the ten bytes of negative numbers among them."""
    field = execution.DESCRIPTOR.fields_by_name["executionEpoch"].number

    @quick
    @given(st.lists(signed, min_size=1, max_size=60))
    @example([*EDGES, *(-edge for edge in EDGES)])
    def check(numbers: list[int]) -> None:
        written = [execution(executionEpoch=number).SerializePartialToString() for number in numbers]
        assert fetch(chat, NUMBERS, field, numbers) == [(message[1:], message) for message in written]

    check()
    assert fetch(chat, NUMBERS, field, [None]) == [(None, b"")]


def test_texts_are_encoded_as_protobuf_does(chat: Connection) -> None:
    """Texts of any length and script; the empty one is there, null is not."""
    field = chatmessage.DESCRIPTOR.fields_by_name["comment"].number

    @quick
    @given(st.lists(some_text, min_size=1, max_size=20))
    def check(cases: list[str | None]) -> None:
        written = [chatmessage(**fields(comment=text)).SerializePartialToString() for text in cases]
        assert [encoded for (encoded,) in fetch(chat, TEXTS, field, cases)] == written

    check()


def test_messages_in_messages(chat: Connection) -> None:
    """Bytes that are a message of their own; an empty one is there, null is not."""
    field = chatmessage.DESCRIPTOR.fields_by_name["rooms"].number

    @quick
    @given(st.lists(st.lists(texts, max_size=3), min_size=1, max_size=10))
    def check(cases: list[list[str]]) -> None:
        inner = [roomstatus(currusers=names) for names in cases]
        encoded = fetch(chat, BYTES, field, [message.SerializePartialToString() for message in inner])
        assert [b for (b,) in encoded] == [chatmessage(rooms=[message]).SerializePartialToString() for message in inner]

    check()
    assert fetch(chat, BYTES, field, [None]) == [(b"",)]


def test_comments_are_encoded_as_protobuf_does(chat: Connection) -> None:
    """A whole COMMENT, whichever of its fields are set."""

    @quick
    @given(st.lists(comments, min_size=1, max_size=20))
    def check(cases: list[tuple[Any, ...]]) -> None:
        written = [
            chatmessage(
                mtype=COMMENT, **fields(user=user, roomid=room_id, comment=comment, seq=seq)
            ).SerializePartialToString()
            for user, room_id, comment, seq in cases
        ]
        assert [encoded for (encoded,) in fetch(chat, COMMENTS, *columns(cases))] == written

    check()


def test_statuses_are_encoded_as_protobuf_does(chat: Connection) -> None:
    """A whole ROOM_STATUS, whichever of its fields are set, with the rooms and their members as they are."""

    @settings(quick, max_examples=15)
    @given(
        st.lists(st.integers(1, 2**31 - 1), max_size=5),
        st.lists(st.text(characters, max_size=40), unique=True, max_size=6),
        st.lists(statuses, min_size=1, max_size=20),
    )
    @example([4] * (MOST_LISTED + 1), ["adam"], [(None, "adam", n, None, None, None, None) for n in (0, 1, 65)])
    def check(sizes: list[int], names: list[str], cases: list[tuple[Any, ...]]) -> None:
        open_rooms(chat, sizes, names)
        rooms = [
            roomstatus(roomid=number, maxusers=size, currusers=names[number :: len(sizes)])
            for number, size in enumerate(sizes)
        ]
        assert [encoded for (encoded,) in fetch(chat, STATUSES, *columns(cases))] == [
            expected_status(rooms, *case) for case in cases
        ]

    check()


def open_rooms(chat: Connection, sizes: list[int], names: list[str]) -> None:
    """Have these rooms open, and in them these members, dealt out in turns."""
    with chat.cursor() as cursor:
        cursor.execute(LEAVE)
        cursor.execute(OPEN_ROOMS, (sizes,))
        if sizes:
            cursor.execute(ENTER, (names, [place % len(sizes) for place in range(len(names))]))


def expected_status(
    rooms: list[roomstatus],
    userstatus: str | None,
    user: str | None,
    room_id: int | None,
    sport: str | None,
    trades: str | None,
    seq: int | None,
    reason: str | None,
) -> bytes:
    """What the generated class makes of a status."""
    # Null is not other than PENDING.
    is_about_all = userstatus in ("PENDING", None) or room_id is None or len(rooms) <= MOST_LISTED
    return chatmessage(
        mtype=ROOM_STATUS,
        numrooms=len(rooms),
        rooms=[room for room in rooms if is_about_all or room.roomid == room_id],
        **fields(
            userstatus=userstatus,
            user=user and user[:LONGEST_NAME],
            roomid=room_id,
            sport_filter=sport,
            execution_filter=trades,
            seq=seq,
            reason=reason and reason[:LONGEST_REASON],
        ),
    ).SerializePartialToString()


def test_filters_of_added_feeds_are_encoded_as_protobuf_does(chat: Connection) -> None:
    """Of all feeds, those that have fields of their own among them; without an added one, in these fields only."""
    clauses = ["NONE", "price > 3", "city = 'Ülm'", "ALL"]
    names = ["sport_event", "execution", "feed_100", "feed_101"]
    with chat.cursor() as cursor:
        cursor.execute(ADD_FEEDS, (101,))
    status = chatmessage(
        mtype=ROOM_STATUS,
        userstatus="FILTERAPPLIED",
        numrooms=0,
        user="adam",
        roomid=-1,
        sport_filter="NONE",
        execution_filter="price > 3",
        seq=7,
        reason="why",
        reason_at=3,
    )
    assert fetch(chat, STATUS_OF_FEEDS, [1, 2], clauses[:2]) == [(status.SerializeToString(),)]
    status.filters.extend(feedfilter(feed=name, clause=said) for name, said in zip(names, clauses, strict=True))
    assert fetch(chat, STATUS_OF_FEEDS, [1, 2, 100, 101], clauses) == [(status.SerializeToString(),)]


def test_filters_fit_in_a_frame(chat: Connection) -> None:
    """Those of 250 feeds with the longest clauses; of more, as many as fit; rooms and users still have their part."""
    with chat.cursor() as cursor:
        cursor.execute(ADD_FEEDS, (499,))
    open_rooms(chat, [50] * 8, [f"{number:064}" for number in range(400)])
    for last, told in ((349, 250), (499, 257)):
        ids = [*range(100, last + 1)]
        [(encoded,)] = fetch(chat, STATUS_OF_FEEDS, ids, ["x" * 2000 + str(number) for number in ids])
        assert len(encoded) < 600_000
        status = chatmessage.FromString(encoded)
        assert sum(len(room.currusers) for room in status.rooms) == 400
        assert len(status.filters) >= min(told, len(ids))
        assert status.filters[0].feed == "feed_100"


def test_rooms_are_encoded_within_a_size(chat: Connection) -> None:
    """All if they fit; else as many users as do, those of each room who came first."""
    names = [f"{number} {'東' * (number % 60)}" for number in range(180)]
    open_rooms(chat, [100, 200, 300], names)
    [(whole, rooms)] = fetch(chat, ROOMS_WITHIN, None, 10**6, None)
    assert whole == rooms
    [(alone, _)] = fetch(chat, ROOMS_WITHIN, 1, 10**6, None)
    assert [room.roomid for room in chatmessage.FromString(b"\x08\x01" + alone).rooms] == [1]
    for most in (60, 1000, 10_000, len(whole) - 1):
        [(encoded, _)] = fetch(chat, ROOMS_WITHIN, None, most, None)
        assert most - 250 < len(encoded) <= most
        for number, room in enumerate(chatmessage.FromString(b"\x08\x01" + encoded).rooms):
            assert list(room.currusers) == names[number::3][: len(room.currusers)]


def test_msgtypes_are_those_of_the_protocol(chat: Connection) -> None:
    """SQL and the feeds' table know the numbers of the enum, each of them once; a feed's is named after its message.

    But for those of questions, which gateways answer and nobody keeps.
    """
    known = {name: number for name, number in fetch(chat, MSGTYPES, NAMES) if number is not None}
    feeds = {message_type.upper(): number for message_type, number, _, _ in fetch(chat, FEEDS)}
    assert not known.keys() & feeds.keys()
    assert known | feeds == {name: number for name, number in msgtype.items() if number < PREVIEW}
    assert fetch(chat, MSGTYPES, ["ROOMSTATUS"]) == [("ROOMSTATUS", None)]


def test_fields_of_feeds_are_those_of_the_protocol(chat: Connection) -> None:
    """A chatmessage has a field for each feed's messages, and one for its filter, whose default is SAME."""
    for message_type, _, message_field, filter_field in fetch(chat, FEEDS):
        carried = chatmessage.DESCRIPTOR.fields_by_number[message_field].message_type
        assert carried is not None
        assert carried.name == message_type
        assert chatmessage.DESCRIPTOR.fields_by_number[filter_field].default_value == "SAME"
