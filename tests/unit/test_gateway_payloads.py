"""What a notification says, read from its text; a text of anybody else's is refused, and nothing else happens."""

import pytest

from gateway.postgres.payloads import Behind, Contents, Line, Lines, Messages, parse


def test_contents_are_numbered_and_may_be_left_out() -> None:
    """A message that was too large to be sent along is None."""
    assert parse("C 10-11,15 YQ==  Yg==") == Contents([10, 11, 15], [b"a", None, b"b"])


def test_a_rooms_messages_end_at_a_place_in_a_group() -> None:
    """Their numbers are sequences of the room."""
    assert parse("B 5:700 3") == Behind(3, group_id=5, place=700)
    assert parse("M 5:700 3-4 YQ== Yg==") == Messages([3, 4], [b"a", b"b"], group_id=5, place=700)


def test_lines_tell_which_groups_get_which_rows() -> None:
    """All of them, those with a bit, or as many as the logs tell where the bits did not fit."""
    assert parse("G 1-3,7 *|3:70,5:1 gA==|6:2 |8:9") == Lines(
        [1, 2, 3, 7],
        [
            Line(b"\1\1\1\1", [(3, 70), (5, 1)]),
            Line(b"\1\0\0\0", [(6, 2)]),
            Line(None, [(8, 9)]),
        ],
    )


def test_lines_may_come_without_keys() -> None:
    """They did not fit either."""
    assert parse("G  |8:9") == Lines([], [Line(None, [(8, 9)])])


def test_lines_of_a_batch_that_is_too_large_to_be_told_apart_leave_it_to_the_logs() -> None:
    """As if the keys had not fitted: not even a range that no memory holds costs more than its text."""
    assert parse("G 1-1000000000000 *|3:70 gA==|6:2") == Lines([], [Line(None, [(3, 70)]), Line(None, [(6, 2)])])


def test_of_lines_only_what_is_of_groups_here_is_read() -> None:
    """There are others, of rooms on other gateways: their bits are not even looked at."""
    told = parse("G 1-3,7 gA==|3:70,5:1 AAAAAAAA|6:2 *|8:9", here={5, 8})
    assert told == Lines([1, 2, 3, 7], [Line(b"\1\0\0\0", [(5, 1)]), Line(b"\1\1\1\1", [(8, 9)])])


def test_bits_that_several_lines_have_are_read_once() -> None:
    """A line has only so many groups."""
    told = parse("G 1-3,7 gA==|3:70 *|4:1 gA==|700:2")
    assert isinstance(told, Lines)
    assert told.lines[0].marks is told.lines[2].marks


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("", "unknown kind"),
        ("hello", "unknown kind"),
        ("D 12", "unknown kind"),
        ("C", "invalid literal"),
        ("C x YQ==", "invalid literal"),
        ("C 1- YQ==", "invalid literal"),
        ("C 1-2 YQ==", "as many messages as numbers"),
        ("C 1 YQ== Yg==", "as many messages as numbers"),
        ("C 1 YQ", "padding"),
        ("M 5:7", "not enough values"),
        ("M 5 3 YQ==", "invalid literal"),
        ("M 5:x 3 YQ==", "invalid literal"),
        ("G 1 3:70", "a line without groups"),
        ("G 1 *|", "not enough values"),
        ("G 1 *|3", "not enough values"),
        ("G 1 *|3:70:1", "too many values"),
        ("G 1-9 gA==|3:70", "as many bits as rows"),
        ("C 3-1 YQ==", "runs backwards"),
        ("M 5:7 3-1 YQ==", "runs backwards"),
        ("G 3-1 *|3:70", "runs backwards"),
        ("C 1-1000000000000 YQ==", "as many messages as numbers"),
        ("M 5:7 1-1000000000000 YQ==", "as many messages as numbers"),
        ("C 99999999999999999999 YQ==", "no bigint"),
        ("M 5:7 99999999999999999999 YQ==", "no bigint"),
        ("G 99999999999999999999 *|3:70", "no bigint"),
    ],
)
def test_what_no_function_of_ours_sent_is_refused(payload: str, reason: str) -> None:
    """Anybody with a login can NOTIFY: the hub passes over what raises ValueError, and goes on."""
    with pytest.raises(ValueError, match=reason):
        parse(payload)
