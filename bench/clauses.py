"""Filters for many rooms: all different, each passing the same share of the feed."""

from dataclasses import dataclass

from bench.payload import TITLES, title

_STEP = 7
"""So that neighbours pass different rows."""


@dataclass(frozen=True, slots=True)
class TitleRange:
    """Passes `width` of the 1,000 titles that take turns; two numbers are two filters even where they pass the same."""

    number: int
    width: int

    @property
    def start(self) -> int:
        """The first title that passes."""
        return self.number * _STEP % (TITLES - self.width)

    @property
    def clause(self) -> str:
        """As a user writes it."""
        return f"match_title >= '{self._first}' and match_title < '{self._end}' and sport < {self._any}"

    @property
    def canonical(self) -> str:
        """As Postgres keeps it."""
        titles = f"(match_title >= '{self._first}'::text) AND (match_title < '{self._end}'::text)"
        return f"({titles} AND (sport < {self._any}))"

    def passed(self, first: int, count: int) -> int:
        """How many of `count` messages from number `first` on pass."""
        return self._passed_before(first + count) - self._passed_before(first)

    @property
    def _first(self) -> str:
        return title(self.start)

    @property
    def _end(self) -> str:
        return title(self.start + self.width)

    @property
    def _any(self) -> int:
        """More than any sport: true for every row, and another text for every number."""
        return self.number + 10

    def _passed_before(self, number: int) -> int:
        rounds, rest = divmod(number, TITLES)
        return rounds * self.width + min(max(rest - self.start, 0), self.width)
