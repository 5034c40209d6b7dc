"""The check that a room's messages arrive gapless, once and in order."""

MAX_REMEMBERED_GAP = 100_000


class Sequence:
    """Follows the `seq` of one member's messages, across reconnections too.

    `missing` counts those that have not come, `late` those that came after a later one, `doubles` those that came
    again. All three are 0 for a member that got everything as promised.
    """

    def __init__(self) -> None:
        self.first = 0
        self.last = 0
        self.late = 0
        self.doubles = 0
        self.missing = 0
        self._open: set[int] = set()
        self._ahead: set[int] = set()

    @property
    def is_flawed(self) -> bool:
        """Tell whether anything was missing, came again or came out of order."""
        return bool(self.missing or self.doubles or self.late)

    @property
    def is_filling(self) -> bool:
        """Tell whether a resume has not sent everything yet."""
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
        """Note that a new connection goes on behind the last message taken.

        `joined` is the seq of the own USERJOINED, which comes ahead of the messages that the resume fills in; None if
        the place was taken back and there is no such message in the room's log.
        """
        # What came ahead on the connection before lies behind the last message in order, so it is sent again.
        self._ahead.clear()
        if joined is not None and joined > self.last:
            self._ahead.add(joined)
            self._catch_up()

    def truncate(self, first_kept: int) -> int:
        """Note a HISTORY_TRUNCATED and return how many messages it says are gone; these are no gap."""
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
