"""JSON to and from clients is protobuf's mapping, and nothing that a client sends does more than be refused."""

import json
import random
import time
from contextlib import suppress

import pytest
from google.protobuf import json_format

from gateway.encoding.parsing import ChatJsonError, parse_message
from gateway.encoding.printing import print_message
from harness.random_messages import random_message
from proto.chatmessage_pb2 import COMMENT, EVENT, FEED, FILTER, JOIN_REQ, ROOM_STATUS, chatmessage, feedfilter, msgtype
from proto.event_pb2 import GOLF, event
from proto.sizes import MAX_SENT_BYTES

MESSAGES = 1500
BROKEN = 4000
LONGEST_SECONDS = 10.0
SURROGATE = "\\ud800"


def by_the_library(message: chatmessage) -> str:
    """What protobuf's own printer makes of it, as compact as ours."""
    return json.dumps(json_format.MessageToDict(message), separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize("share", [0.05, 0.4, 1.0])
def test_random_messages_are_printed_as_the_library_does(share: float) -> None:
    """Every field of every type of message, with odd texts and numbers; and they are read again as they were."""
    draw = random.Random(share)
    types = set()
    for _ in range(MESSAGES if share < 1 else 80):
        message = random_message(draw, share)
        types.add(message.mtype)
        printed = print_message(message)
        assert printed == by_the_library(message)
        # Bytes, since no NaN equals another.
        for text in (printed, json_format.MessageToJson(message, preserving_proto_field_name=True)):
            assert parse_message(text).SerializeToString(deterministic=True) == message.SerializeToString(
                deterministic=True
            )
    assert types == {*msgtype.values()}


@pytest.mark.parametrize("seed", range(3))
def test_numbers_of_32_bits_have_as_many_digits_as_they_need(seed: int) -> None:
    """Prices above all."""
    draw = random.Random(seed)
    for _ in range(2000):
        message = chatmessage(mtype=EVENT)
        message.execmsg.price = draw.choice((draw.uniform(0, 100), 10 ** draw.uniform(-45, 38.53)))
        message.execmsg.quantity = round(draw.uniform(0, 1000), 2)
        assert print_message(message) == by_the_library(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"mtype":"JOIN_REQ","user":"zoe","roomid":3}', chatmessage(mtype=JOIN_REQ, user="zoe", roomid=3)),
        ('{"mtype":2,"user":"zoe","roomid":"3"}', chatmessage(mtype=JOIN_REQ, user="zoe", roomid=3)),
        ('{"mtype":"2","roomid":3.0,"user":null}', chatmessage(mtype=JOIN_REQ, roomid=3)),
        ('{"mtype":2,"resumeAfter":"18446744073709551615"}', chatmessage(mtype=JOIN_REQ, resume_after=2**64 - 1)),
        ('{"mtype":2,"resume_after":7}', chatmessage(mtype=JOIN_REQ, resume_after=7)),
        ('{"mtype":3,"comment":"\\ud83d\\ude00"}', chatmessage(mtype=COMMENT, comment="😀")),
        ('{"mtype":3,"comment":"\\u0000"}', chatmessage(mtype=COMMENT, comment="\0")),
        ('{"mtype":3,"news":{"a":[1,{}]},"":1e999}', chatmessage(mtype=COMMENT)),
        ('{"mtype":4,"filters":[{"feed":"a"}]}', chatmessage(mtype=FILTER, filters=[feedfilter(feed="a")])),
        ('{"mtype":4,"sportFilter":"ALL"}', chatmessage(mtype=FILTER, sport_filter="ALL")),
        ('{"mtype":7,"rowbytes":"-_8"}', chatmessage(mtype=FEED, rowbytes=b"\xfb\xff")),
    ],
)
def test_what_the_mapping_allows_is_read_as_the_library_reads_it(text: str, message: chatmessage) -> None:
    """Both names of a field, integers as texts, enums by number, null for what is not set, and unknown fields."""
    assert parse_message(text) == message
    assert json_format.Parse(text, chatmessage(), ignore_unknown_fields=True) == message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON: Expecting value at character 1"),
        ("hello", "not JSON: Expecting value at character 1"),
        ('{"mtype":3,"comment":"a', "not JSON: Unterminated string starting at character 22"),
        ('{"mtype":3,"comment":"\n"}', "not JSON: Invalid control character at character 23"),
        ("[]", "a JSON object is expected"),
        ("null", "a JSON object is expected"),
        ("{}", "`mtype` is missing"),
        ('{"mtype":null}', "`mtype` is missing"),
        ('{"mtype":"SHOUT"}', "`mtype` must be a name of msgtype"),
        ('{"mtype":99}', "`mtype` must be a name of msgtype"),
        ('{"mtype":[]}', "`mtype` must be a name of msgtype"),
        ('{"mtype":3,"mtype":3}', "`mtype` stands there twice"),
        ('{"mtype":2,"resume_after":1,"resumeAfter":1}', "`resumeAfter` stands there twice, under two names"),
        ('{"mtype":2,"roomid":true}', "`roomid` must be a whole number of 32 bits"),
        ('{"mtype":2,"roomid":1.5}', "`roomid` must be a whole number of 32 bits"),
        ('{"mtype":2,"roomid":1e999}', "`roomid` must be a whole number of 32 bits"),
        ('{"mtype":2,"roomid":2147483648}', "`roomid` must be a whole number of 32 bits"),
        ('{"mtype":2,"roomid":" 3"}', "`roomid` must be a whole number of 32 bits"),
        ('{"mtype":2,"history":-1}', "`history` must be a whole number of 32 bits that is not negative"),
        ('{"mtype":2,"user":7}', "`user` must be a text of whole characters"),
        ('{"mtype":3,"comment":"\\ud800"}', "`comment` must be a text of whole characters"),
        ('{"mtype":4,"filters":{}}', "`filters` must be a list of messages"),
        ('{"mtype":4,"filters":[null]}', "`filters` must be a list of messages"),
        ('{"mtype":4,"filters":[{}]}', "`feed` is missing"),
        ('{"mtype":5,"eventmsg":7}', "`eventmsg` must be an object"),
        ('{"mtype":6,"execmsg":{"price":NaN}}', "not JSON: NaN must be in quotes"),
        ('{"mtype":6,"execmsg":{"price":1e39}}', "`price` must be a number of 32 bits"),
        ('{"mtype":3,"rowbytes":"a"}', "`rowbytes` must be a text in base64"),
        ('{"mtype":3,"roomid":' + "1" * 5000 + "}", "a number has too many digits"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"mtype":11,"messages":[' * 40 + "]}" * 40, "nested too deeply"),
    ],
)
def test_what_is_wrong_is_named(text: str, reason: str) -> None:
    """By a text that helps whoever writes a client."""
    with pytest.raises(ChatJsonError) as caught:
        parse_message(text)
    assert str(caught.value) == reason


def test_fields_that_are_not_looked_at_need_not_be_sound() -> None:
    """Under either name; the others are."""
    text = '{"mtype":3,"feeds":7,"row":[],"rowbytes":"*","comment":"hi","resume_after":1}'
    assert parse_message(text, ("feeds", "row", "rowbytes", "resume_after")) == chatmessage(mtype=COMMENT, comment="hi")


def broken(draw: random.Random) -> str:
    """The JSON of a random message with some of it replaced, doubled or cut off."""
    text = print_message(random_message(draw, 0.2))
    for _ in range(draw.randint(1, 3)):
        start = draw.randrange(len(text) + 1)
        end = min(len(text), start + draw.choice((0, 1, 1, 5, 40)))
        new = draw.choice(
            (
                "",
                '"',
                "\\",
                "{",
                "}",
                "[",
                "]",
                ",",
                ":",
                "null",
                "1e400",
                "-",
                SURROGATE,
                "9" * 30,
                "true",
                text[start:end],
            )
        )
        text = text[:start] + new + text[end:]
    return text


@pytest.mark.parametrize("seed", range(4))
def test_broken_texts_are_refused_or_read_as_the_library_reads_them(seed: int) -> None:
    """Nothing but a ChatJsonError is raised, and what is taken is a sound message."""
    draw = random.Random(seed)
    taken = 0
    for _ in range(BROKEN):
        text = broken(draw)
        try:
            message = parse_message(text)
        except ChatJsonError:
            continue
        taken += 1
        if SURROGATE in text:
            # In a name that there is not, which the library fails on.
            continue
        known = json_format.Parse(text, chatmessage(), ignore_unknown_fields=True)
        assert known.SerializeToString(deterministic=True) == message.SerializeToString(deterministic=True)
    assert 0 < taken < BROKEN


@pytest.mark.parametrize(
    "item", ["{}", "[]", "1", '""', "null", '{"feed":"a"}', '{"roomid":1,"maxusers":1}', '{"mtype":1}']
)
@pytest.mark.parametrize("name", ["filters", "rooms", "messages", "values", "new"])
def test_a_frame_full_of_small_things_takes_no_time(name: str, item: str) -> None:
    """A fraction of a second, and no more than a frame of protobuf does; the bound is for slow machines."""
    text = f'{{"mtype":"FILTER","{name}":[{",".join([item] * (MAX_SENT_BYTES // (len(item) + 1)))}]}}'
    started = time.monotonic()
    with suppress(ChatJsonError):
        parse_message(text)
    assert time.monotonic() - started < LONGEST_SECONDS


def test_text_that_is_no_utf8_is_printed_all_the_same() -> None:
    """Protobuf hands it over as bytes; what cannot be shown is marked."""
    message = chatmessage.FromString(chatmessage(mtype=ROOM_STATUS, user="zoe").SerializeToString()[:-1] + b"\xff")
    assert json.loads(print_message(message)) == {"mtype": "ROOM_STATUS", "user": "zo\ufffd"}
    row = event(sport=GOLF, match_title="a", data_event="b")
    assert json.loads(print_message(chatmessage(mtype=EVENT, eventmsg=row)))["eventmsg"] == {
        "sport": "GOLF",
        "matchTitle": "a",
        "dataEvent": "b",
    }
