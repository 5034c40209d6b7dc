"""What notifications carry: gateways read what SQL wrote, and no payload is larger than Postgres takes."""

from collections.abc import Iterator
from itertools import accumulate, chain
from typing import Any

import psycopg2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateway.postgres import payloads

Connection = Any

LISTEN = "listen here"
NOTIFY_CONTENTS = "select chat.notify_contents('here', %s, %s::bigint[], %s::bytea[])"
NOTIFY_GROUPS = """
select chat.notify_groups('here', chat.encode_ranges(%s::int8multirange), %s::bytea[], %s::text[])
"""

MAX_PAYLOAD = 7999
"""Bytes of the largest payload that Postgres takes: NOTIFY wants less than 8000."""
MAX_INTEGER, MAX_BIGINT = 2**31 - 1, 2**63 - 1
FIRST_NUMBER = 10**18
"""The smallest key or sequence of as many digits as there can be."""
SURELY_CARRIED = 2900
"""Bytes of a message that there is room for, whatever else is in the payload."""
SURELY_MARKED = 3600
"""Bytes of a line's bits that there is room for, whatever else is in the payload, if the keys are."""
GROUPS = 64
"""The most groups of a line (chat.payload_limit)."""
EVERY_OTHER = b"\xaa"

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
sizes = st.integers(0, 9000) | st.integers(2850, 2990) | st.integers(0, 60)
steps = st.sampled_from([1, 1, 1, 2, 1000])


@pytest.fixture
def chat(database: str) -> Iterator[Connection]:
    """A connection that hears what it says."""
    connection = psycopg2.connect(database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(LISTEN)
    yield connection
    connection.close()


def say(chat: Connection, query: str, *arguments: object) -> list[str]:
    """The payloads that a query sends."""
    with chat.cursor() as cursor:
        cursor.execute(query, arguments)
    chat.poll()
    heard = [notify.payload for notify in chat.notifies]
    chat.notifies.clear()
    assert max(map(len, heard)) <= MAX_PAYLOAD
    return heard


@pytest.mark.parametrize("head", ["C", f"M {MAX_INTEGER}:{MAX_BIGINT}"])
def test_messages_fit_into_payloads(chat: Connection, head: str) -> None:
    """Messages of any size arrive in their order under their numbers; only what is large is left to be read."""

    @quick
    @given(st.lists(st.tuples(sizes, steps), min_size=1, max_size=60))
    # The fullest payloads: two messages that just fit, one behind small ones, and many numbers without a message.
    @example([(size, 1000) for size in range(2800, 3100) for _ in range(2)])
    @example([(57, 2)] * 40 + [(2931, 2)])
    @example([(9000, 2)] * 900)
    # One, small enough to be sent without more ado, and not.
    @example([(0, 1)])
    @example([(1991, 1)])
    @example([(1992, 1)])
    def check(cases: list[tuple[int, int]]) -> None:
        numbers = list(accumulate((step for _, step in cases), initial=FIRST_NUMBER))[1:]
        messages = [bytes([place % 256]) * size for place, (size, _) in enumerate(cases)]
        notices = [payloads.parse(payload) for payload in say(chat, NOTIFY_CONTENTS, head, numbers, messages)]
        contents = [notice for notice in notices if isinstance(notice, payloads.Contents)]
        assert len(contents) == len(notices)
        assert list(chain.from_iterable(notice.numbers for notice in contents)) == numbers
        arrived = chain.from_iterable(notice.messages for notice in contents)
        for message, carried in zip(messages, arrived, strict=True):
            assert carried == message or (carried is None and not 0 < len(message) <= SURELY_CARRIED)

    check()


@pytest.mark.parametrize(("scattered", "keys_fit"), [(0, True), (45, True), (400, False)])
def test_lines_fit_into_payloads(chat: Connection, scattered: int, keys_fit: bool) -> None:
    """Lines arrive, each with its groups; rows are left out only where their bits or the batch's keys are long."""
    first = FIRST_NUMBER + 2 * scattered
    singles = [f"[{key},{key}]" for key in range(FIRST_NUMBER, first, 2)]

    @quick
    @given(
        st.integers(1, 60_000) | st.integers(29_000, 30_000),
        st.lists(st.tuples(st.booleans(), st.integers(1, GROUPS)), min_size=1, max_size=30),
    )
    def check(rows: int, lines: list[tuple[bool, int]]) -> None:
        count = scattered + rows
        keys = ",".join([*singles, f"[{first},{first + rows - 1}]"])
        groups = [
            [(MAX_INTEGER - GROUPS * number - place, MAX_BIGINT - place) for place in range(size)]
            for number, (_, size) in enumerate(lines)
        ]
        bits = [None if is_all else EVERY_OTHER * ((count + 7) // 8) for is_all, _ in lines]
        texts = [",".join(f"{group}:{place}" for group, place in line) for line in groups]
        notices = [payloads.parse(payload) for payload in say(chat, NOTIFY_GROUPS, f"{{{keys}}}", bits, texts)]
        heard = [line for notice in notices if isinstance(notice, payloads.Lines) for line in notice.lines]
        heard.sort(key=lambda line: line.groups, reverse=True)
        assert [line.groups for line in heard] == groups
        for line, sent in zip(heard, bits, strict=True):
            if not keys_fit:
                assert not line.marks
            elif sent is None:
                assert line.marks == b"\1" * count
            elif line.marks is None:
                assert len(sent) > SURELY_MARKED
            else:
                assert line.marks == (b"\1\0" * count)[:count]

    check()


@pytest.mark.parametrize("company", [0, 1])
def test_the_fullest_lines_fit_into_payloads(chat: Connection, company: int) -> None:
    """Lines of every size, alone and behind one that leaves them just so much room: the largest payloads there are."""
    keys = f"{{{','.join(f'[{key},{key}]' for key in range(FIRST_NUMBER, FIRST_NUMBER + 100, 2))}}}"
    groups = ",".join(f"{MAX_INTEGER}:{MAX_BIGINT}" for _ in range(GROUPS))
    lengths = [length for size in range(900, 4200) for length in [size] * (company + 1)]
    heard = say(chat, NOTIFY_GROUPS, keys, [EVERY_OTHER * length for length in lengths], [groups] * len(lengths))
    assert max(map(len, heard)) > MAX_PAYLOAD - 50
