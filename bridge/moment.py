"""Moments in microseconds since 1970: as fine as Postgres keeps them, and a number that streams can be compared by."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """How many microseconds of 1970 and after were over at a moment."""
    return (moment - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The moment at which so many microseconds were over."""
    return EPOCH + micros * MICROSECOND
