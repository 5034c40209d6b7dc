"""What goes into the calls of Postgres, and what comes out of them."""

from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.names.name import Name


class FeedListing(NamedTuple):
    """What Postgres says of a feed; the fields are those of a chatmessage, None for a feed that was added."""

    feed_id: int
    name: str
    msgtype: int
    message_field: int | None
    filter_field: int | None
    channel: str
    is_removed: bool
    column_names: list[str]
    column_types: list[str]


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """A user's wish to enter a room; `resume_token` takes back a place they had, `new_token` is for the next time.

    A patient one is not answered while a member of another gateway, who may be leaving, has the name.
    """

    name: Name
    room_id: int | None
    new_token: str
    resume_token: str | None = None
    is_patient: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """The answer to a JOIN_REQ: a membership with the sequence it starts at, or the denial for the sender.

    A place that was taken back comes with a welcome for the sender alone; else the sequence is that of the USERJOINED.
    """

    member_id: int | None
    seq: int | None
    welcome: bytes | None
    denial: bytes | None

    @property
    def is_answer(self) -> bool:
        """False if a patient request is to be made again."""
        return self.member_id is not None or self.denial is not None


class Opening(NamedTuple):
    """What a new member asks for of the room's past: all after `resume_after`, or else `most` messages."""

    username: str
    room_id: int
    before_seq: int
    resume_after: int | None
    most: int


@dataclass(frozen=True, slots=True)
class Request:
    """A client's request as it is recorded: what of it makes sense for its type, None for the rest.

    `clauses` are those of a FILTER by feed, as the client wrote them. `complaint` is why they cannot be set like this,
    whatever they say, and `filters` what the client said by the feeds' names then, in JSON.
    """

    msgtype: int
    username: str | None
    room_id: int | None
    comment: str | None = None
    clauses: dict[int, str] = field(default_factory=dict)
    complaint: str | None = None
    filters: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What a moderator wants done (moderate.sql); no room means all rooms, no seconds for ever."""

    action: str
    room_id: int | None
    username: str | None
    seq: int | None
    seconds: int | None
    reason: str | None
    moderator: str
