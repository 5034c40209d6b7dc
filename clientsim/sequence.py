"""The check that a room's messages arrive without gaps, once and in order."""

MAX_REMEMBERED_GAP = 100_000


class Sequence:
    """Follows the `seq` of one member's messages, across reconnections too.

    `missing` counts those that have not arrived, `late` those that arrived after a later one, `doubles` those that
    arrived again. All three are 0 for a member that got everything as promised.
    """

    def __init__(self) -> None:
        # The first seq that was taken, and the last one in order; 0 before any.
        self.first = 0
        self.last = 0
        self.late = 0
        self.doubles = 0
        self.missing = 0
        # Counted as missing, and may still come late; of a very long gap only the beginning.
        self._open: set[int] = set()
        # The own USERJOINED of a resume, which arrives ahead of what the resume fills in.
        self._ahead: set[int] = set()

    @property
    def is_flawed(self) -> bool:
        """Whether anything was missing, doubled or out of order."""
        return bool(self.missing or self.doubles or self.late)

    @property
    def is_filling(self) -> bool:
        """Whether a resume has not filled in everything yet."""
        return bool(self._ahead)

    def take(self, seq: int) -> str | None:
        """Note that `seq` arrived; returns what is wrong with that, in words, or None."""
        if seq == self.last + 1:
            self.last = seq
            self.first = self.first or seq
            if self._ahead:
                self._catch_up()
            return None
        if not self.last:
            self.first = self.last = seq
            return None
        if seq > self.last:
            return self._jump(seq)
        if seq in self._open:
            self._open.discard(seq)
            self.missing -= 1
            self.late += 1
            return f"seq {seq} came after seq {self.last}"
        self.doubles += 1
        return f"seq {seq} came twice"

    def resume(self, joined: int | None) -> None:
        """Note that a new connection goes on after the last message in order.

        `joined` is the seq of the own USERJOINED, which arrives ahead of the messages that the resume fills in; None if
        the place was taken back and the room's log has no such message.
        """
        # What arrived ahead on the last connection is after the last message in order, so it is sent again.
        self._ahead.clear()
        if joined is not None and joined > self.last:
            self._ahead.add(joined)
            self._catch_up()

    def truncate(self, first_kept: int) -> int:
        """Note a HISTORY_TRUNCATED and return how many messages it says are gone; they do not count as missing."""
        lost = max(0, first_kept - self.last - 1)
        self.last = max(self.last, first_kept - 1)
        self._catch_up()
        return lost

    def finish(self) -> None:
        """Count what a resume has not filled in as missing: nothing more will come."""
        if self._ahead:
            self.missing += max(self._ahead) - self.last - len(self._ahead)

    def _catch_up(self) -> None:
        while self.last + 1 in self._ahead:
            self._ahead.discard(self.last + 1)
            self.last += 1

    def _jump(self, seq: int) -> str:
        start = self.last + 1
        passed = {number for number in self._ahead if number < seq}
        self._ahead -= passed
        self.missing += seq - start - len(passed)
        self._open.update(set(range(start, min(seq, start + MAX_REMEMBERED_GAP))) - passed)
        self.last = seq
        return f"seq {seq} came after seq {start - 1}: {seq - start - len(passed)} missing"
