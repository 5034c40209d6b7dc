"""The feeds as Postgres lists them: their names, their subjects, and which fields become columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from bridge import queries
from bridge.errors import FeedError


@dataclass(frozen=True, slots=True)
class Column:
    """One column for filters: the protobuf field that fills it; `max_bytes` (of UTF-8) is set for text only."""

    field_name: str
    max_bytes: int | None


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed; its rows go to the function chat.store_<name>, which takes the columns in this order."""

    name: str
    subject: str
    message_type: str
    columns: tuple[Column, ...]


async def list_feeds(connection: asyncpg.Connection, subjects: Mapping[str, str]) -> list[Feed]:
    """Read the feeds; `subjects` (feed name to NATS subject) wins over the table. Raises FeedError."""
    feeds = [
        Feed(
            name=row["name"],
            subject=subjects.get(row["name"], row["subject"]),
            message_type=row["message_type"],
            columns=tuple(Column(*column) for column in zip(row["field_names"], row["max_bytes"], strict=True)),
        )
        for row in await connection.fetch(queries.LIST_FEEDS)
    ]
    check_subjects(feeds)
    return feeds


def check_subjects(feeds: Iterable[Feed]) -> None:
    """Only the subject tells which feed a message belongs to: each feed needs its own, without wildcards.

    Raises FeedError.
    """
    owners: dict[str, str] = {}
    for feed in feeds:
        if not is_literal(feed.subject.split(".")):
            raise FeedError(f"feed {feed.name} has the subject {feed.subject!r}; it must be one without wildcards")
        if feed.subject in owners:
            raise FeedError(f"feeds {owners[feed.subject]} and {feed.name} have the same subject {feed.subject!r}")
        owners[feed.subject] = feed.name


def is_literal(tokens: Sequence[str]) -> bool:
    """True for the tokens of a subject that one can publish to."""
    return all(token and token not in ("*", ">") and not any(c.isspace() for c in token) for token in tokens)
