"""The table of names and their verdicts, in tests/names.tsv; `{U+200B}` stands for a character that is not seen.

`accept` has what the name is shown as, `refuse` a part of the reason. A name that is the `same` as the other one cannot
be taken beside it, one that does `differ` can.
"""

import re
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).parents[1] / "names.tsv"


class Case(NamedTuple):
    """A line of the table."""

    verdict: str
    name: str
    other: str


def read_names(*verdicts: str) -> list[Case]:
    """The lines with these verdicts."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    cases = [Case(*(_read(text) for text in line.split("\t"))) for line in lines]
    assert {case.verdict for case in cases} == {"accept", "refuse", "same", "differ"}
    return [case for case in cases if case.verdict in verdicts]


def _read(text: str) -> str:
    return re.sub(r"\{U\+([0-9A-F]+)\}", lambda match: chr(int(match[1], 16)), text)
