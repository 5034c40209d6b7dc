"""What can be drawn at random, and what is made of it, in the words of Hypothesis's strategies.

Hypothesis itself prefers what is small and what it has drawn before: of 600 clauses less than half were new, and most
of these one comparison. Here all are drawn alike, and a failure names its seed.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

Make = Callable[..., Any]


class Drawn:
    """Something that a generator of random numbers determines."""

    def __init__(self, draw: Callable[[Random], Any]) -> None:
        self.draw = draw

    def map(self, make: Make) -> "Drawn":
        """What is made of it."""
        return Drawn(lambda chance: make(self.draw(chance)))

    def flatmap(self, make: Callable[..., "Drawn"]) -> "Drawn":
        """What is drawn then from what is made of it."""
        return Drawn(lambda chance: make(self.draw(chance)).draw(chance))

    def __or__(self, other: "Drawn") -> "Drawn":
        return one_of(self, other)


def just(value: Any) -> Drawn:
    """Always this."""
    return Drawn(lambda _: value)


def sampled_from(values: Sequence[Any]) -> Drawn:
    """One of these."""
    return Drawn(lambda chance: chance.choice(values))


def integers(low: int, high: int) -> Drawn:
    """Both included."""
    return Drawn(lambda chance: chance.randint(low, high))


def one_of(*choices: Drawn) -> Drawn:
    """From one of these."""
    return Drawn(lambda chance: chance.choice(choices).draw(chance))


def tuples(*parts: Drawn) -> Drawn:
    """One from each."""
    return Drawn(lambda chance: tuple(part.draw(chance) for part in parts))


def lists(values: Drawn, least: int, most: int) -> Drawn:
    """So many of them."""
    return Drawn(lambda chance: [values.draw(chance) for _ in range(chance.randint(least, most))])


def recursive(leaf: Drawn, extend: Callable[[Drawn], Drawn], depth: int) -> Drawn:
    """A leaf, or what is made of some, so deep at most."""
    made = leaf
    for _ in range(depth):
        made = one_of(leaf, extend(made))
    return made
