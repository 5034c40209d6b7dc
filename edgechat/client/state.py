"""What a client knows of the service and of its room, from the messages that have arrived."""

from dataclasses import dataclass, field

from proto.chatmessage_pb2 import ROOM_STATUS, chatmessage, roomstatus

ORIGINAL_FEEDS = ("sport_event", "execution")


@dataclass(slots=True)
class State:
    """As of the newest message that has arrived, which may be ahead of the last one that the program took.

    While older messages come, after a resume or with a history, it is what they say.
    """

    rooms: list[roomstatus] = field(default_factory=list)
    """All rooms, their sizes and users, when the connection was made."""
    feeds: dict[str, dict[str, str]] = field(default_factory=dict)
    """The feeds that there were when the connection was made: for each its columns, with their types."""
    users: list[str] = field(default_factory=list)
    """Who is in the room, those who have been there the longest first."""
    filters: dict[str, str] = field(default_factory=dict)
    """The room's filter of each feed."""

    def welcome(self, message: chatmessage) -> None:
        """Take the PENDING of a new connection."""
        self.rooms = list(message.rooms)
        self.feeds = {feed.name: {column.name: column.type for column in feed.columns} for feed in message.feeds}

    def take(self, message: chatmessage, room: int) -> None:
        """Take a message that came to a member of a room."""
        if message.mtype != ROOM_STATUS:
            return
        for status in message.rooms:
            if status.roomid == room:
                self.users = list(status.currusers)
        if message.HasField("sport_filter"):
            clauses = (message.sport_filter, message.execution_filter)
            self.filters = dict(zip(ORIGINAL_FEEDS, clauses, strict=True))
            self.filters |= {each.feed: each.clause for each in message.filters}
