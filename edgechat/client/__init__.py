"""A client for other programs: joins a room, comments, filters, asks, and comes back exactly where it was cut off.

`Client` is what programs use (docs/python-client.md). `ChatConnection` is the one connection under it, for those who
want to see each of them end. All that both need is this folder, `proto/` and the packages websockets and protobuf.
"""

from edgechat.client.client import Client
from edgechat.client.connection import ChatConnection
from edgechat.client.errors import (
    ClientError,
    ClosedError,
    CommentRejectedError,
    FilterRejectedError,
    JoinDeniedError,
    QuestionRefusedError,
    RefusedError,
    ReplacedError,
    StateError,
    UnansweredError,
    UnreachableError,
)
from edgechat.client.state import State

__all__ = [
    "ChatConnection",
    "Client",
    "ClientError",
    "ClosedError",
    "CommentRejectedError",
    "FilterRejectedError",
    "JoinDeniedError",
    "QuestionRefusedError",
    "RefusedError",
    "ReplacedError",
    "State",
    "StateError",
    "UnansweredError",
    "UnreachableError",
]
