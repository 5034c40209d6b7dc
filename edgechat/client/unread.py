"""Messages that arrived while a call waited for its answer, before the program took them."""

from collections import deque

from proto.chatmessage_pb2 import chatmessage

MAX_UNREAD_BYTES = 16 * 2**20
"""Beyond this, messages are let go: the service keeps them, and the client resumes after the last one that it kept."""


class Unread:
    """A queue with a limit in bytes. Once it is over, nothing is kept until `clear`, or there would be a gap."""

    def __init__(self) -> None:
        self._messages: deque[tuple[chatmessage, int]] = deque()
        self._bytes = 0
        self.is_behind = False
        """Whether messages were let go."""

    def __bool__(self) -> bool:
        return bool(self._messages)

    def keep(self, message: chatmessage) -> bool:
        """Put a message at the end; returns whether it was kept."""
        size = message.ByteSize()
        self.is_behind |= bool(self._messages) and self._bytes + size > MAX_UNREAD_BYTES
        if not self.is_behind:
            self._messages.append((message, size))
            self._bytes += size
        return not self.is_behind

    def take(self) -> chatmessage:
        """The first message; raises IndexError when there is none."""
        message, size = self._messages.popleft()
        self._bytes -= size
        return message
