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

    @property
    def is_flawed(self) -> bool:
        """Whether anything was missing, doubled or out of order."""
        return bool(self.missing or self.doubles or self.late)

    def take(self, seq: int) -> str | None:
        """Note that `seq` arrived; returns what is wrong with that, in words, or None."""
        if seq == self.last + 1:
            self.last = seq
            self.first = self.first or seq
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

    def truncate(self, last_gone: int) -> int:
        """Note a HISTORY_TRUNCATED and return how many messages it says are gone; they do not count as missing.

        If the log was begun anew, it may be below what came before.
        """
        lost = max(0, last_gone - self.last)
        self.last = last_gone
        self._open.clear()
        return lost

    def _jump(self, seq: int) -> str:
        start = self.last + 1
        self.missing += seq - start
        self._open.update(range(start, min(seq, start + MAX_REMEMBERED_GAP)))
        self.last = seq
        return f"seq {seq} came after seq {start - 1}: {seq - start} missing"
