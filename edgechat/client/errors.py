"""What a client raises.

ClientError
├── StateError                 not joined yet, joined already, or closed: mend the program
├── RefusedError               the service said no, and why; everything goes on
│   ├── JoinDeniedError
│   ├── CommentRejectedError
│   ├── FilterRejectedError
│   └── QuestionRefusedError
├── UnansweredError            the connection was lost before the answer came; the client comes back
├── UnreachableError           nobody let the client in for as long as it has patience; it may be used on
└── ClosedError                the service closed the connection for good
    └── ReplacedError          the place in the room was taken back by another connection
"""

from proto.chatmessage_pb2 import chatmessage


class ClientError(Exception):
    """Anything of the following."""


class StateError(ClientError):
    """The call does not fit what was called before; the message says what to do."""


class RefusedError(ClientError):
    """The service refused something. `answer` is its whole answer.

    `status` is its `userstatus`, such as DENIED_ROOMFULL, empty for a question; `reason` says why, for a person.
    `reason_at` is the character of the clause, from 1, that the reason is about, or None.
    """

    def __init__(self, answer: chatmessage) -> None:
        super().__init__(": ".join(filter(None, (answer.userstatus, answer.reason))))
        self.answer = answer
        self.status = answer.userstatus
        self.reason = answer.reason
        self.reason_at = answer.reason_at if answer.HasField("reason_at") else None


class JoinDeniedError(RefusedError):
    """The room does not let the client in. Another join may be tried."""


class CommentRejectedError(RefusedError):
    """The comment was not said."""


class FilterRejectedError(RefusedError):
    """None of the filters that were asked for together is applied."""


class QuestionRefusedError(RefusedError):
    """There is no answer to the question."""


class UnansweredError(ClientError):
    """The connection was lost before the answer came: what was asked for may have been done or not.

    It is not tried again. If it was done, it is among the messages that the room got meanwhile, which come next.
    """


class UnreachableError(ClientError):
    """The service could not be reached, or did not answer, for longer than `patience`. The next call tries again."""


class ClosedError(ClientError):
    """The service closed the connection with a `code` and `reason` (docs/protocol.md) after which no return helps."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code = code
        self.reason = reason


class ReplacedError(ClosedError):
    """Another connection presented the `resume_token`: the member goes on there."""
