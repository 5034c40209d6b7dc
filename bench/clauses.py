"""What many rooms get: by filters that are all different, each passing the same share, or by feeds that take turns."""

from dataclasses import dataclass

from bench.form import TITLES
from bench.payload import title

_STEP = 7
"""Makes neighbours pass different rows."""


@dataclass(frozen=True, slots=True)
class TitleRange:
    """Passes `width` of the 1,000 titles. Two numbers make two filters, even if they pass the same rows."""

    number: int
    width: int

    @property
    def start(self) -> int:
        """The first title that passes."""
        return self.number * _STEP % (TITLES - self.width)

    @property
    def clause(self) -> str:
        """The clause as a user writes it."""
        return f"match_title >= '{self._first}' and match_title < '{self._end}' and sport < {self._any}"

    @property
    def canonical(self) -> str:
        """The clause as Postgres stores it."""
        titles = f"(match_title >= '{self._first}'::text) AND (match_title < '{self._end}'::text)"
        return f"({titles} AND (sport < {self._any}))"

    def passed(self, first: int, count: int) -> int:
        """How many of `count` messages pass, counted from number `first` on."""
        return self._passed_before(first + count) - self._passed_before(first)

    @property
    def _first(self) -> str:
        return title(self.start)

    @property
    def _end(self) -> str:
        return title(self.start + self.width)

    @property
    def _any(self) -> int:
        """Above every sport: the comparison is true for every row, and its text is different for every number."""
        return self.number + 10

    def _passed_before(self, number: int) -> int:
        rounds, rest = divmod(number, TITLES)
        return rounds * self.width + min(max(rest - self.start, 0), self.width)


@dataclass(frozen=True, slots=True)
class Title:
    """Passes one of the 1,000 titles. Two numbers make two filters, even if they pass the same rows."""

    number: int

    @property
    def clause(self) -> str:
        """The clause as a user writes it."""
        return f"match_title = '{title(self.number)}' and sport < {self.number + 10}"

    @property
    def canonical(self) -> str:
        """The clause as Postgres stores it."""
        return f"((match_title = '{title(self.number)}'::text) AND (sport < {self.number + 10}))"

    def passed(self, first: int, count: int) -> int:
        """How many of `count` messages pass, counted from number `first` on."""
        return Turn(self.number % TITLES, TITLES).passed(first, count)


@dataclass(frozen=True, slots=True)
class Turn:
    """Passes every `step`th message from number `first` on: what comes of one of so many feeds that take turns."""

    first: int
    step: int

    def passed(self, first: int, count: int) -> int:
        """How many of `count` messages pass, counted from number `first` on."""
        return self._passed_before(first + count) - self._passed_before(first)

    def _passed_before(self, number: int) -> int:
        return (number - self.first + self.step - 1) // self.step
