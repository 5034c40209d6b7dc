"""Which server is to have which slots: pure, so that whoever finishes what was interrupted comes to the same."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from runtime.server_map import SLOTS, ServerMap

MOST_RANGES = 10
"""Of slots, in a line."""

Held = Mapping[str, Collection[int]]
"""The slots that each server says it has, by its name."""


@dataclass(frozen=True, slots=True)
class Mending:
    """What makes a server and the map agree again.

    `follow` has slots whose owner in the map does not hold them, and another does; `hold` and `give_up` are for the
    server: slots that nobody holds and the map says are its own, and slots that it holds beside their owner.
    """

    follow: dict[int, str] = field(default_factory=dict)
    hold: list[int] = field(default_factory=list)
    give_up: list[int] = field(default_factory=list)


def deal(names: Sequence[str], fixed: Mapping[int, str], present: Mapping[int, str]) -> dict[int, str]:
    """Servers for the slots that are free, so that all have as many as can be, those included that are `fixed`.

    `present` says who has free slots now. Where there are no rooms yet all are dealt anew, in the order of their
    numbers: rooms get numbers without gaps, and so are spread. Else as few as can be change their server: it is also
    the home of names, which are claimed anew then.
    """
    free = [slot for slot in range(SLOTS) if slot not in fixed]
    wanted = _fill(names, Counter(fixed.values()), len(free))
    if not fixed:
        return dict(zip(free, wanted, strict=True))
    left = Counter(wanted)
    dealt: dict[int, str] = {}
    for name in names:
        own = [slot for slot in free if present.get(slot) == name]
        kept = _spread(own, min(len(own), left[name]))
        dealt |= dict.fromkeys(kept, name)
        left[name] -= len(kept)
    lacking = (name for turn in range(SLOTS) for name in names if left[name] > turn)
    return dealt | dict(zip((slot for slot in free if slot not in dealt), lacking, strict=True))


def _fill(names: Sequence[str], counts: Counter[str], slots: int) -> list[str]:
    """To whom so many slots go, each to the server that has the fewest by then."""
    filled = Counter({name: counts[name] for name in names})
    order = []
    for _ in range(slots):
        name = min(names, key=lambda name: filled[name])
        filled[name] += 1
        order.append(name)
    return order


def _spread(slots: Sequence[int], count: int) -> list[int]:
    """So many of them, evenly from all."""
    return [slot for place, slot in enumerate(slots) if (place + 1) * count // len(slots) > place * count // len(slots)]


def holders(held: Held) -> dict[int, list[str]]:
    """Who holds each slot; none, one or, where something went wrong, several."""
    found: dict[int, list[str]] = {slot: [] for slot in range(SLOTS)}
    for name, slots in held.items():
        for slot in slots:
            found[slot].append(name)
    return found


def mend(servers: ServerMap, held: Held, name: str) -> Mending:
    """What is to be done where map and servers disagree, by somebody who says that `name` is as it should be."""
    mending = Mending()
    for slot, names in holders(held).items():
        owner = servers.slots[slot]
        if owner not in names and len(names) == 1:
            mending.follow[slot] = names[0]
        elif not names and owner == name:
            mending.hold.append(slot)
        elif owner in names and owner != name and name in names:
            mending.give_up.append(slot)
    return mending


def unheld(servers: ServerMap, held: Held) -> list[int]:
    """Slots that no server holds, where all were asked."""
    return [slot for slot, names in holders(held).items() if not names and servers.slots[slot] in held]


def shown(slots: Iterable[int]) -> str:
    """Slots in few words: 0-4, 9."""
    ranges: list[list[int]] = []
    for slot in sorted(slots):
        if ranges and slot == ranges[-1][1] + 1:
            ranges[-1][1] = slot
        else:
            ranges.append([slot, slot])
    words = [str(low) if low == high else f"{low}-{high}" for low, high in ranges]
    return ", ".join(words[:MOST_RANGES]) + (
        f" and {len(words) - MOST_RANGES} more" if len(words) > MOST_RANGES else ""
    )
