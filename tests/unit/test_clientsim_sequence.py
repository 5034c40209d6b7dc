"""Gaps, doubles and disorder in a room's seq are found, across a resuming join too."""

from clientsim.sequence import Sequence


def taken(*numbers: int) -> Sequence:
    sequence = Sequence()
    for number in numbers:
        sequence.take(number)
    return sequence


def flaws(sequence: Sequence) -> tuple[int, int, int]:
    return sequence.missing, sequence.doubles, sequence.late


def test_a_run_from_anywhere_has_no_flaws() -> None:
    """The first message received sets the start."""
    sequence = taken(17, 18, 19)
    assert flaws(sequence) == (0, 0, 0)
    assert (sequence.first, sequence.last) == (17, 19)


def test_a_gap_counts_every_missing_message() -> None:
    """From 1 to 5 three are missing."""
    assert flaws(taken(1, 5)) == (3, 0, 0)


def test_a_late_message_fills_its_gap_and_counts_as_late() -> None:
    """Disorder is not loss."""
    assert flaws(taken(1, 3, 2, 4)) == (0, 0, 1)


def test_a_message_that_comes_again_is_a_double() -> None:
    """At once or later."""
    assert flaws(taken(1, 2, 2, 1, 3)) == (0, 2, 0)


def test_what_is_wrong_is_told_in_words() -> None:
    """And nothing is said when nothing is."""
    sequence = Sequence()
    assert sequence.take(1) is None
    assert sequence.take(4) == "seq 4 came after seq 1: 2 missing"
    assert sequence.take(2) == "seq 2 came after seq 4"
    assert sequence.take(2) == "seq 2 came twice"


def test_told_losses_are_no_gap() -> None:
    """HISTORY_TRUNCATED says that 9 is the last one gone."""
    sequence = taken(4, 5)
    assert sequence.truncate(9) == 4
    for number in (10, 11):
        assert sequence.take(number) is None
    assert flaws(sequence) == (0, 0, 0)


def test_a_log_that_was_begun_anew_is_no_double() -> None:
    """HISTORY_TRUNCATED says that 2 is the last one gone: 3 is the first of the new log."""
    sequence = taken(40, 41)
    assert sequence.truncate(2) == 0
    assert sequence.take(3) is None
    assert flaws(sequence) == (0, 0, 0)
