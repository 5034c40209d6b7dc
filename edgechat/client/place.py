"""A member's place in a room, as far as it takes to come back to it."""

from dataclasses import dataclass

from edgechat.client.errors import JoinDeniedError
from proto.chatmessage_pb2 import chatmessage

HELD_SECONDS = 60.0
"""How long a lost connection may hold the name; the service says 42 s (docs/protocol.md, "Limits")."""


@dataclass(slots=True)
class Place:
    """What the next JOIN_REQ asks for, and what is known of the last one."""

    name: str
    room: int
    last: int | None = None
    """The seq after which messages are wanted: that of the last one that was kept for the program."""
    history: int | None = None
    """How many older messages are wanted, until one has come."""
    token: str | None = None
    is_doubtful: bool = False
    """Whether a JOIN_REQ went out whose answer never came: the service may have let the name in."""

    @property
    def wishes(self) -> tuple[str, int, int | None, int | None, str | None]:
        """The arguments of the next join."""
        return self.name, self.room, self.last, self.history if self.last is None else None, self.token

    def enter(self, answer: chatmessage) -> None:
        """Take the own USERJOINED. It has a seq if it stands in its place among the room's messages."""
        self.name = answer.user
        self.token = answer.resume_token or None
        self.is_doubtful = False
        self.note(answer)

    def note(self, message: chatmessage) -> None:
        """Remember a message that is kept. After HISTORY_TRUNCATED the seq may be lower than before."""
        if message.HasField("seq"):
            self.last = message.seq

    def is_held_by_itself(self, denial: JoinDeniedError, seconds: float) -> bool:
        """Whether a join was denied, for so long by now, since an answer was lost and its connection holds the name."""
        return self.is_doubtful and denial.status == "DENIED_NAMETAKEN" and seconds < HELD_SECONDS
