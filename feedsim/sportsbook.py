"""The sport feed's contents: running matches, and what happens in them one event after the other.

Pure: randomness comes from the `random.Random` given, so a seed repeats a run. More than half of the titles are
pseudo-Latin as in the original's feed, whose users filter for `sed`, `Est` and `aliquam`; the others look like real
fixtures.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from proto import event_pb2

MATCHES_PER_SPORT = 12
STEPS_PER_MATCH = 48
LATIN_SHARE = 0.6

LATIN_TEXT = (
    "lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor ut labore et dolore magna aliquam est "
    "enim minim veniam quis nostrud ullamco laboris nisi ex ea commodo consequat aute irure in voluptate velit esse "
    "cillum eu fugiat nulla pariatur"
)
LATIN = tuple(LATIN_TEXT.split())

# Who meets in each sport. Teams play each other; in golf and NASCAR one leads and the other is second.
SIDES: dict[event_pb2.sport, tuple[str, ...]] = {
    event_pb2.BASEBALL: ("YANKEES", "RED SOX", "DODGERS", "CUBS", "PHILLIES", "METS", "ASTROS", "GIANTS"),
    event_pb2.BASKETBALL: ("LAKERS", "CELTICS", "WARRIORS", "BULLS", "76ERS", "KNICKS", "HEAT", "NUGGETS"),
    event_pb2.FOOTBALL: ("EAGLES", "COWBOYS", "STEELERS", "RAIDERS", "PACKERS", "CHIEFS", "BILLS", "49ERS"),
    event_pb2.BOXING: ("FURY", "WILDER", "JOSHUA", "USYK", "ALVAREZ", "BIVOL", "CRAWFORD", "SPENCE"),
    event_pb2.GOLF: ("WOODS", "MICKELSON", "MCILROY", "SPIETH", "KOEPKA", "RAHM", "SCHEFFLER", "DAY"),
    event_pb2.NASCAR: ("BUSCH", "HAMLIN", "LARSON", "ELLIOTT", "LOGANO", "TRUEX", "BLANEY", "HARVICK"),
    event_pb2.TENNIS: ("FEDERER", "NADAL", "DJOKOVIC", "MURRAY", "ALCARAZ", "SINNER", "MEDVEDEV", "ZVEREV"),
}


@dataclass(slots=True)
class Match:
    """One running match: who plays, the score, and how many steps it has gone (it ends after STEPS_PER_MATCH)."""

    sport: event_pb2.sport
    title: str
    home: str
    away: str
    step: int = 0
    home_score: int = 0
    away_score: int = 0

    def advance(self, chance: Random) -> None:
        """Go one step on; in some steps one side scores."""
        self.step += 1
        scored = chance.choice(_POINTS[self.sport])
        if chance.random() < 0.5:
            self.home_score += scored
        else:
            self.away_score += scored

    def score(self) -> str:
        """Both sides with their points: `LAKERS 88 CELTICS 85`."""
        return f"{self.home} {self.home_score} {self.away} {self.away_score}"


# Points that one step may bring; doubled zeros make scoring rarer.
_POINTS: dict[event_pb2.sport, tuple[int, ...]] = {
    event_pb2.BASEBALL: (0, 0, 0, 0, 0, 1, 1, 2),
    event_pb2.BASKETBALL: (0, 2, 2, 3),
    event_pb2.FOOTBALL: (0, 0, 0, 0, 3, 7),
    event_pb2.BOXING: (0, 1, 1, 2),
    event_pb2.GOLF: (0, 0, 0, 1),
    event_pb2.NASCAR: (0, 0, 0, 1),
    event_pb2.TENNIS: (1,),
}


def _baseball(match: Match) -> str:
    half = "Top" if match.step % 2 else "Bottom"
    return f"{half} of inning {1 + match.step * 8 // STEPS_PER_MATCH}, {match.score()}"


def _quarters(match: Match) -> str:
    """Four quarters of twelve minutes, on a clock that runs down."""
    left = (STEPS_PER_MATCH - match.step) * 60
    quarter, seconds = 4 - left // 720, left % 720
    return f"Q{min(max(quarter, 1), 4)} {seconds // 60:02}:{seconds % 60:02} {match.score()}"


def _boxing(match: Match) -> str:
    return f"Round {1 + match.step * 11 // STEPS_PER_MATCH}, judges' score {match.score()}"


def _golf(match: Match) -> str:
    hole = 1 + match.step * 17 // STEPS_PER_MATCH
    return f"Hole {hole}, {match.home} {match.home_score} under, {match.away} {match.away_score} under"


def _nascar(match: Match) -> str:
    leader = match.home if match.home_score >= match.away_score else match.away
    changes = match.home_score + match.away_score
    return f"Lap {match.step * 4} of {STEPS_PER_MATCH * 4}, {leader} leads, {changes} lead changes"


def _tennis(match: Match) -> str:
    return f"Set {1 + match.step * 2 // STEPS_PER_MATCH}, points {match.score()}"


_REPORTS: dict[event_pb2.sport, Callable[[Match], str]] = {
    event_pb2.BASEBALL: _baseball,
    event_pb2.BASKETBALL: _quarters,
    event_pb2.FOOTBALL: _quarters,
    event_pb2.BOXING: _boxing,
    event_pb2.GOLF: _golf,
    event_pb2.NASCAR: _nascar,
    event_pb2.TENNIS: _tennis,
}


class Sportsbook:
    """All running matches; a finished one is replaced by a new one of the same sport."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._matches = [self._new_match(sport) for sport in SIDES for _ in range(MATCHES_PER_SPORT)]
        # So that they do not all start, and end, at the same time.
        for match in self._matches:
            for _ in range(chance.randrange(STEPS_PER_MATCH)):
                match.advance(chance)

    def next_event(self) -> event_pb2.event:
        """What happened next, in a match picked at random."""
        place = self._chance.randrange(len(self._matches))
        match = self._matches[place]
        if match.step >= STEPS_PER_MATCH:
            match = self._matches[place] = self._new_match(match.sport)
        match.advance(self._chance)
        return event_pb2.event(sport=match.sport, match_title=match.title, data_event=_REPORTS[match.sport](match))

    def _new_match(self, sport: event_pb2.sport) -> Match:
        home, away = self._chance.sample(SIDES[sport], 2)
        latin = self._chance.random() < LATIN_SHARE
        return Match(sport, self._latin_title() if latin else f"{home} vs {away}", home, away)

    def _latin_title(self) -> str:
        return " ".join(self._chance.choices(LATIN, k=self._chance.randint(3, 7))).capitalize()
