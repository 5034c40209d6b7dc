"""The one statement that stores a batch: its text, made from the feed table, and its arguments.

It moves the position and stores the rows of each feed and the rejects. What a batch does not have is left out, so with
few feeds there are only a few texts, which asyncpg keeps prepared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from bridge import queries
from bridge.batch import Batch, Reject, Row
from bridge.feed import Feed
from bridge.moment import from_micros

MOST_TEXTS = 1000


@dataclass(frozen=True, slots=True)
class Origin:
    """What sequences belong to: a stream and its creation, or (`is_stream` false) one plain subscription."""

    stream: str
    epoch: str
    is_stream: bool = True


class Statement:
    """Builds statements for these feeds; a row's `feed` is an index into them."""

    def __init__(self, feeds: Sequence[Feed]) -> None:
        self.feeds = feeds
        # By the feeds that have rows in the batch; a -1 at the end stands for rejects.
        self._texts: dict[tuple[int, ...], str] = {}

    def build(self, origin: Origin, batch: Batch) -> tuple[str, list[Any]]:
        """The text and the arguments that store `batch`."""
        rows: list[list[Row]] = [[] for _ in self.feeds]
        rejects: list[Reject] = []
        for item in batch.items:
            if isinstance(item, Row):
                rows[item.feed].append(item)
            elif isinstance(item, Reject):
                rejects.append(item)
            else:
                for part in item.parts:
                    if isinstance(part, Row):
                        rows[part.feed].append(part)
                    else:
                        rejects.append(part)
        time = None if batch.micros is None else from_micros(batch.micros)
        arguments: list[Any] = [origin.stream, origin.epoch, batch.first_seq, batch.last_seq, time]
        for feed, feed_rows in zip(self.feeds, rows, strict=True):
            if feed_rows:
                arguments += _columns_of_rows(origin, feed, feed_rows)
        if rejects:
            arguments += [origin.stream, origin.epoch, *_columns_of_rejects(rejects)]
        return self._text(tuple(i for i, feed_rows in enumerate(rows) if feed_rows), bool(rejects)), arguments

    def _text(self, feeds: tuple[int, ...], has_rejects: bool) -> str:
        key = (*feeds, -1) if has_rejects else feeds
        if key not in self._texts:
            # Of a hundred feeds, nearly every batch may have others than those before.
            if len(self._texts) >= MOST_TEXTS:
                self._texts.clear()
            self._texts[key] = self._write(feeds, has_rejects)
        return self._texts[key]

    def _write(self, feeds: tuple[int, ...], has_rejects: bool) -> str:
        places = (f"${number}" for number in count(1))
        # Calls in a select list run from left to right. The position is first: without it, nothing may be stored.
        calls = [_fill(queries.ADVANCE, places)]
        for feed in (self.feeds[index] for index in feeds):
            # Postgres knows their types from the function. In front of the columns: sequence and message.
            arguments = ", ".join(next(places) for _ in range(2 + len(feed.columns)))
            calls.append(queries.STORE.format(name=feed.name, arguments=arguments))
        if has_rejects:
            calls.append(_fill(queries.REJECT, places))
        return "select " + ", ".join(calls)


def _fill(call: str, places: Any) -> str:
    return call.format(*(next(places) for _ in range(call.count("{}"))))


def _columns_of_rows(origin: Origin, feed: Feed, rows: list[Row]) -> list[Any]:
    firsts, _, _, subjects, messages, values, moments = zip(*rows, strict=True)
    # A plain subscription counts on its own; its numbers must not be mistaken for sequences of a stream.
    sequences = firsts if origin.is_stream else (None,) * len(rows)
    fields = zip(*values, strict=True)
    columns = [_column_of_rows(column.source, fields, subjects, moments) for column in feed.columns]
    return [sequences, messages, *columns]


def _column_of_rows(source: str, fields: Iterator[Any], subjects: Sequence[str], moments: Sequence[int | None]) -> Any:
    match source:
        case "subject":
            return subjects
        case "received_at":
            return [None if micros is None else from_micros(micros) for micros in moments]
    return next(fields)


def _columns_of_rejects(rejects: list[Reject]) -> list[Any]:
    return list(zip(*rejects, strict=True))
