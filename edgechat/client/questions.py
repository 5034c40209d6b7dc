"""Questions about filters and the past (docs/protocol.md, "Questions"), with their answers or QuestionRefusedError."""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable

from edgechat.client.errors import QuestionRefusedError
from proto.chatmessage_pb2 import (
    EXPLAIN,
    FILTERS,
    HISTORY,
    MODERATE,
    PREVIEW,
    RATES,
    USERS,
    VALUES,
    chatmessage,
    columnvalue,
    pastfilter,
    previewresult,
)

QUESTIONS = frozenset({PREVIEW, VALUES, EXPLAIN, HISTORY, FILTERS, RATES, USERS, MODERATE})
"""Types of messages that are no part of what the room gets."""


class Questions(ABC):
    """What a member of a room may ask; but for `moderate` it changes nothing. `feed` is any name in `State.feeds`.

    All raise QuestionRefusedError with the service's `reason`: no such feed, too many questions, …
    """

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    async def preview(self, feed: str, clause: str) -> previewresult:
        """What a clause would pass of the feed's newest 1,000 rows, with up to three examples.

        A clause that would be refused raises with `reason_at`, its character that the reason is about, or None.
        """
        return (await self._ask(chatmessage(mtype=PREVIEW, feed=feed, clause=clause))).preview

    async def values(self, feed: str, column: str, prefix: str | None = None) -> list[columnvalue]:
        """What a column holds in the newest 1,000 rows, as a clause writes it, the most frequent first; at most 20."""
        return list((await self._ask(chatmessage(mtype=VALUES, feed=feed, column=column, prefix=prefix))).values)

    async def explain_row(self, feed: str, row_id: int) -> chatmessage:
        """Why the room got a feed's row or did not: `explanation`, `row`, and `seq` if it got it."""
        return await self._ask(chatmessage(mtype=EXPLAIN, feed=feed, row_id=row_id))

    async def explain_message(self, seq: int) -> chatmessage:
        """The same of the row that the room got as message `seq`."""
        return await self._ask(chatmessage(mtype=EXPLAIN, seq=seq))

    async def history_before(self, seq: int | None, count: int) -> chatmessage:
        """The room's last `count` messages before a seq, or its newest: `messages`, oldest first, 500 at most.

        The answer's `seq`, if it is there, is the last one that was asked for and is gone.
        """
        return await self._ask(chatmessage(mtype=HISTORY, before=seq, history=count))

    async def history_after(self, seq: int, count: int) -> chatmessage:
        """The first `count` messages after a seq, in the same form."""
        return await self._ask(chatmessage(mtype=HISTORY, resume_after=seq, history=count))

    async def past_filters(self, count: int) -> list[pastfilter]:
        """The filters that the room has and had, newest first; at most 100."""
        return list((await self._ask(chatmessage(mtype=FILTERS, history=count))).past_filters)

    async def rates(self) -> dict[str, int]:
        """How many rows of each feed were stored so far; the difference of two answers is how many came."""
        return {rate.feed: rate.rows for rate in (await self._ask(chatmessage(mtype=RATES))).rates}

    async def moderate(
        self,
        action: str,
        user: str | None = None,
        *,
        room: int | None = None,
        seq: int | None = None,
        seconds: int | None = None,
        comment: str | None = None,
    ) -> str:
        """Do what a moderator may (docs/protocol.md, "Moderation"); what was done, in words.

        `room` None is the own one, and -1 all; `seq` is the comment to remove, `comment` the reason or message.
        """
        wish = chatmessage(
            mtype=MODERATE, action=action, user=user, roomid=room, seq=seq, seconds=seconds, comment=comment
        )
        return (await self._ask(wish)).comment

    async def _ask(self, question: chatmessage) -> chatmessage:
        question.request = next(self._numbers)
        answer = await self._request(
            question, lambda each: (each.mtype, each.request) == (question.mtype, question.request)
        )
        if answer.HasField("reason"):
            raise QuestionRefusedError(answer)
        return answer

    @abstractmethod
    async def _request(self, request: chatmessage, is_answer: Callable[[chatmessage], bool]) -> chatmessage:
        """Send a request and wait for its answer."""
