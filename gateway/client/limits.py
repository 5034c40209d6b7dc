"""How fast and how much a client may send, and how much may wait for it."""

import time
from collections.abc import Callable

from gateway.allowance import Allowance
from proto.chatmessage_pb2 import PREVIEW
from proto.sizes import MAX_CONTENT_BYTES

MAX_FRAME_BYTES = 1024 * 1024 + 4096
"""Largest frame taken from a client: the longest comment and the fields around it. A larger one is closed with 1009."""
MAX_UNSENT_BYTES = 1024 * 1024
"""Unsent bytes with which a client, when more comes for it, counts as not reading and is cut off."""
MAX_HELD_BYTES = 1024 * 1024
"""Bytes of new messages that wait in memory for a client that is still being sent older ones."""
MAX_KERNEL_BYTES = 256 * 1024
"""How much the kernel takes for a client beyond what is on its way to it. Left alone it takes 4 MiB for each: a client
would seem to read long after it has stopped, and memory that nobody counts would go to those who read nothing."""
MAX_STALLED_SECONDS = 10.0
"""How long a client may take nothing of what waits for it."""
MAX_GOODBYE_SECONDS = 2.0
"""How long a client that closed the WebSocket may keep its TCP connection; only then its place in the room is free."""
COMMENTS_PER_SECOND = 100.0
COMMENT_BURST = 200.0
FILTERS_PER_SECOND = 5.0
"""Each change of a filter has the router made and planned anew, during which no feed row is routed."""
FILTER_BURST = 50.0
MAX_FILTERS = 100
"""Filters by feeds' names in one message."""
REFUSALS_PER_SECOND = 1.0
REFUSAL_BURST = 30.0
"""Of filters; and apart from them of previews, so that whoever tries clauses can still set one."""
QUESTIONS_PER_SECOND = 5.0
QUESTION_BURST = 20.0
JOINS_PER_SECOND = 2.0
"""Tries to join on one connection, with whatever result; each asks Postgres."""
JOIN_BURST = 20.0
RECORDS_PER_SECOND = 5.0
"""Refusals of one client that are put on record; more are told to it alone, at no cost to the database."""
RECORD_BURST = 50.0


class Allowances:
    """What one client may send."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.comments = Allowance(COMMENTS_PER_SECOND, COMMENT_BURST, clock)
        self.filters = Allowance(FILTERS_PER_SECOND, FILTER_BURST, clock)
        # Of filters that were refused.
        self.refusals = Allowance(REFUSALS_PER_SECOND, REFUSAL_BURST, clock)
        self.questions = Allowance(QUESTIONS_PER_SECOND, QUESTION_BURST, clock)
        self.refused_previews = Allowance(REFUSALS_PER_SECOND, REFUSAL_BURST, clock)
        self.joins = Allowance(JOINS_PER_SECOND, JOIN_BURST, clock)
        # Of refusals that are recorded.
        self.records = Allowance(RECORDS_PER_SECOND, RECORD_BURST, clock)

    def explain_join(self) -> str | None:
        """Why a JOIN_REQ is not looked at; None if it is, and counted."""
        if not self.joins.take():
            return f"tries to join come too fast; at most {JOINS_PER_SECOND:.0f} a second are looked at"
        return None

    def explain_comment(self, comment: str) -> str | None:
        """Why a comment is not taken; None if it is, and counted."""
        size = len(comment.encode())
        if not size:
            return "the comment is empty"
        if size > MAX_CONTENT_BYTES:
            return (
                f"the comment has {size} bytes; at most {MAX_CONTENT_BYTES} are allowed, so that it fits in a frame of "
                "1 MiB with the sender's name; send it in parts"
            )
        if "\0" in comment:
            return "the comment holds U+0000; leave it out"
        if not self.comments.take():
            return f"comments come too fast; at most {COMMENTS_PER_SECOND:.0f} a second are taken"
        return None

    def explain_filter(self, named: int = 0) -> str | None:
        """Why a FILTER with so many filters by name is not looked at; None if it is, and each of them is counted."""
        if not self.refusals.has_one():
            return f"too many refused filters; {REFUSALS_PER_SECOND:.0f} a second is looked at until they are valid"
        if not self.filters.take(max(1, min(named, MAX_FILTERS))):
            return f"filters come too fast; at most {FILTERS_PER_SECOND:.0f} a second are taken"
        return None

    def explain_question(self, mtype: int) -> str | None:
        """Why a question is not answered; None if it is, and counted."""
        if not self.questions.take():
            return f"questions come too fast; at most {QUESTIONS_PER_SECOND:.0f} a second are answered"
        if mtype == PREVIEW and not self.refused_previews.has_one():
            return f"too many refused previews; {REFUSALS_PER_SECOND:.0f} a second is looked at until they are valid"
        return None
