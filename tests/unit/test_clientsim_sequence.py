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


def test_a_resuming_join_may_come_ahead_of_what_it_fills_in() -> None:
    """The own USERJOINED is 8, then 6 and 7 are sent, then 9."""
    sequence = taken(4, 5)
    sequence.resume(8)
    for number in (6, 7, 9):
        assert sequence.take(number) is None
    assert flaws(sequence) == (0, 0, 0)


def test_a_resume_that_leaves_one_out_is_found() -> None:
    """The own USERJOINED is 8, only 7 is sent, then 9: 6 is missing."""
    sequence = taken(4, 5)
    sequence.resume(8)
    sequence.take(7)
    sequence.take(9)
    assert flaws(sequence) == (1, 0, 0)


def test_a_resume_that_sends_nothing_is_found() -> None:
    """The own USERJOINED is 8, then 9: 6 and 7 are missing, 8 is not."""
    sequence = taken(4, 5)
    sequence.resume(8)
    sequence.take(9)
    assert flaws(sequence) == (2, 0, 0)


def test_told_losses_are_no_gap() -> None:
    """HISTORY_TRUNCATED says that 10 is the first one kept."""
    sequence = taken(4, 5)
    sequence.resume(12)
    assert sequence.truncate(10) == 4
    for number in (10, 11, 13):
        assert sequence.take(number) is None
    assert flaws(sequence) == (0, 0, 0)


def test_a_second_drop_during_the_fill_in_is_no_double() -> None:
    """8 came ahead, the line dropped after 6, and the place was taken back: 7, 8 and 9 come once more in order."""
    sequence = taken(4, 5)
    sequence.resume(8)
    sequence.take(6)
    sequence.resume(None)
    for number in (7, 8, 9):
        assert sequence.take(number) is None
    assert flaws(sequence) == (0, 0, 0)


def test_what_a_resume_has_not_filled_in_at_the_end_is_missing() -> None:
    """The own USERJOINED is 8 and nothing came any more: 6 and 7 are missing."""
    sequence = taken(4, 5)
    sequence.resume(8)
    assert sequence.is_filling
    sequence.finish()
    assert flaws(sequence) == (2, 0, 0)
