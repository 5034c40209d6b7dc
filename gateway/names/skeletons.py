"""What names look like: equal skeletons look alike (Unicode TS 39, section 4)."""

import json
import unicodedata
from functools import cache
from pathlib import Path

import confusable_homoglyphs

CONFUSABLES = Path(confusable_homoglyphs.__file__).with_name("confusables.json")
"""Unicode's list of confusables: for each text those that look like it, in both directions."""
LEFT_TO_RIGHT = "\u200e"
"""What the list puts around characters that are written from the right."""


def skeleton(text: str) -> str:
    """What stands for all texts that look like this one, without case.

    `i` counts as `l`: in capitals it does look like it, and what differs in case only is one name.
    """
    return _replaced(_replaced(text).casefold()).replace("i", "l")


def _replaced(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFD", decomposed.translate(_prototypes()))


@cache
def _prototypes() -> dict[int, str]:
    """By character, what it is replaced by.

    The list does not say which of two is the prototype. One that looks like several others is; of two that look like
    each other only, a text of several characters is, or the lower one: all that matters is that both become the same.
    """
    listed = json.loads(CONFUSABLES.read_text(encoding="utf-8"))
    alike = {_bare(text): [_bare(other["c"]) for other in others] for text, others in listed.items()}
    prototypes = {
        ord(text): others[0]
        for text, others in alike.items()
        if len(text) == 1 and len(others) == 1 and _is_prototype(others[0], text, alike)
    }
    return {code: target.translate(prototypes) for code, target in prototypes.items()}


def _is_prototype(text: str, of: str, alike: dict[str, list[str]]) -> bool:
    return len(text) > 1 or len(alike.get(text, ())) > 1 or text < of


def _bare(text: str) -> str:
    return text.replace(LEFT_TO_RIGHT, "") or text
