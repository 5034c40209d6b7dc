"""A call that waits for the service's answer."""

from collections.abc import Callable

from edgechat.client.errors import ClientError
from proto.chatmessage_pb2 import chatmessage


class Waiting:
    """One at a time. The answer is known by `is_answer`, since most answers carry no number."""

    def __init__(self, is_answer: Callable[[chatmessage], bool]) -> None:
        self._is_answer = is_answer
        self._answer: chatmessage | None = None
        self._error: ClientError | None = None

    @property
    def is_over(self) -> bool:
        """Whether there is a result."""
        return self._answer is not None or self._error is not None

    @property
    def result(self) -> chatmessage:
        """The answer; raises what made an end of waiting."""
        if self._error is not None:
            raise self._error
        assert self._answer is not None
        return self._answer

    def take(self, message: chatmessage) -> bool:
        """Look at a message that arrived; returns whether it is the answer."""
        if self._is_answer(message):
            self._answer = message
        return self._answer is not None

    def fail(self, error: ClientError) -> None:
        """Have the call raise this."""
        self._error = error
