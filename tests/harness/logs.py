"""What a part's log must not do: say the same again and again."""

import re
from collections.abc import Iterator
from datetime import datetime

LINE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?:INFO|WARNING|ERROR) (.*)")
DURATION = re.compile(r"after \d+\.\d s")
APART_SECONDS = 59.0
"""A minute, with what a clock may be off."""


def repeated(output: str) -> Iterator[str]:
    """Lines that say what another said within the minute before, however long it took."""
    said: dict[str, datetime] = {}
    for time, text in LINE.findall(output):
        at = datetime.fromisoformat(time.replace(",", "."))
        kind = DURATION.sub("", text)
        if kind in said and (at - said[kind]).total_seconds() < APART_SECONDS:
            yield text
        said[kind] = at
