"""What a client knows of the service and of its room, from the messages that have arrived."""

from dataclasses import dataclass, field

from proto.chatmessage_pb2 import ROOM_STATUS, USERS, chatmessage, roomstatus

MOST_CHANGES = 10_000
"""Of those who came and went while nobody asked who is there; the service answers sooner."""
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
    """Who is in the room, those who have been there the longest first, as far as `are_users_known`."""
    user_count: int = 0
    """How many are in the room."""
    are_users_known: bool = False
    """Whether `users` is everybody. Of a large room statuses tell only who comes and goes: `Client.list_users` asks for
    the list, and from then on it is kept up to date."""
    filters: dict[str, str] = field(default_factory=dict)
    """The room's filter of each feed."""
    _listed_seq: int = 0
    """Behind which message the list was right that was last asked for."""
    _changes: list[chatmessage] = field(default_factory=list)
    """Who came and went while the list was not known."""

    def welcome(self, message: chatmessage) -> None:
        """Take the PENDING of a new connection."""
        self.rooms = list(message.rooms)
        self.feeds = {feed.name: {column.name: column.type for column in feed.columns} for feed in message.feeds}

    def take(self, message: chatmessage, room: int) -> None:
        """Take a message that came to a member of a room."""
        if message.mtype == USERS and message.rooms:
            self._take_list(message)
        if message.mtype != ROOM_STATUS:
            return
        for status in message.rooms:
            if status.roomid == room:
                self._take_status(message, status)
        if message.HasField("sport_filter"):
            clauses = (message.sport_filter, message.execution_filter)
            self.filters = dict(zip(ORIGINAL_FEEDS, clauses, strict=True))
            self.filters |= {each.feed: each.clause for each in message.filters}

    def _take_status(self, message: chatmessage, status: roomstatus) -> None:
        if not status.HasField("numusers"):
            self.users = list(status.currusers)
            self.user_count = len(self.users)
            self.are_users_known = True
            self._changes.clear()
            if message.HasField("seq"):
                # One of the past: what came behind it follows, though it was in the answer to USERS.
                self._listed_seq = message.seq
            return
        self.user_count = status.numusers
        if message.userstatus == "HISTORY_TRUNCATED":
            # Who came and went in what is gone, nobody tells.
            self._forget()
        if message.HasField("seq") and message.userstatus in ("USERJOINED", "USEREXITED"):
            if self.are_users_known:
                self._change(message)
            else:
                self._changes.append(message)
                del self._changes[:-MOST_CHANGES]

    def _take_list(self, answer: chatmessage) -> None:
        """The answer to USERS: changes may have come meanwhile, and others may be on their way that are in it."""
        self.users = list(answer.rooms[0].currusers)
        self.are_users_known = not answer.rooms[0].HasField("numusers")
        self._listed_seq = answer.seq
        changes, self._changes = self._changes, []
        for change in changes:
            self._change(change)

    def _change(self, message: chatmessage) -> None:
        if message.seq <= self._listed_seq:
            return
        if message.userstatus == "USEREXITED" and message.user in self.users:
            self.users.remove(message.user)
        elif message.userstatus == "USERJOINED" and message.user not in self.users:
            self.users.append(message.user)

    def _forget(self) -> None:
        self.users = []
        self.are_users_known = False
        self._listed_seq = 0
        self._changes.clear()
