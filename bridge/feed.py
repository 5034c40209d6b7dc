"""The feeds as Postgres lists them: their subjects, their formats, and what fills their columns."""

from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg

from bridge import queries
from bridge.errors import FeedError
from bridge.subject import is_literal

ACTIVE = "active"
REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Column:
    """One column for filters, and the path of the field that fills it, with dots between names.

    `type_name` is the column's type in Postgres, `sent_as` that of what is handed over for it; `max_bytes` (of UTF-8)
    is set for what is handed over as text. With the source 'subject' or 'received_at' it is NATS that tells the value.
    """

    name: str
    field_name: str
    type_name: str
    sent_as: str
    max_bytes: int | None = None
    source: str = "message"


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed; its rows go to the function feed.store_<name>, which takes the columns in this order."""

    name: str
    subject: str
    columns: tuple[Column, ...]
    format: str = "json"
    message_type: str | None = None
    descriptor: bytes | None = None
    state: str = ACTIVE

    @property
    def fields(self) -> tuple[Column, ...]:
        """The columns that the message itself fills."""
        return tuple(column for column in self.columns if column.source == "message")


async def list_feeds(connection: asyncpg.Connection, subjects: Mapping[str, str]) -> list[Feed]:
    """Read the feeds, removed ones too; `subjects` (feed name to NATS subject) wins over the table."""
    columns: dict[int, list[Column]] = {}
    for feed_id, *values in await connection.fetch(queries.LIST_COLUMNS):
        columns.setdefault(feed_id, []).append(Column(*values))
    return [
        Feed(
            name=row["name"],
            subject=subjects.get(row["name"], row["subject"]),
            columns=tuple(columns[row["feed_id"]]),
            format=row["format"],
            message_type=row["message_type"],
            descriptor=row["descriptor"],
            state=row["state"],
        )
        for row in await connection.fetch(queries.LIST_FEEDS)
        # One that was added between the two questions is announced, and read again.
        if row["feed_id"] in columns
    ]


def check_settings(subjects: Mapping[str, str]) -> None:
    """The subjects that the environment gives to feeds: each its own, without wildcards. Raises FeedError."""
    owners: dict[str, str] = {}
    for name, subject in subjects.items():
        if not is_literal(subject.split(".")):
            raise FeedError(f"feed {name} has the subject {subject!r}; it must be one without wildcards")
        if subject in owners:
            raise FeedError(f"feeds {owners[subject]} and {name} have the same subject {subject!r}")
        owners[subject] = name
