"""Answers what members ask about filters and the past: docs/protocol.md, "Questions". Postgres knows; this carries."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from gateway.client.filters import FilterSetter, guard_arguments, prepare_guard
from gateway.client.history import MAX_SEQ
from gateway.client.messages import FAULT, storable
from gateway.delivery.feeds import Feeds
from gateway.errors import DatabaseAwayError, DatabaseFaultError, note_fault
from gateway.frames import frames_with_seq, message_at
from gateway.postgres import queries
from gateway.postgres.database import Database
from gateway.postgres.log import LogReader
from proto import chatmessage_pb2 as pb

MAX_MESSAGES, DEFAULT_MESSAGES = 500, 100
"""Messages of the past in one answer: the most, and if the question does not say."""
MAX_PAST_BYTES = 256 * 1024
"""Bytes of messages of the past in one answer, unless the first alone has more. As JSON they may be four times that."""
MAX_PAST_FILTERS, DEFAULT_PAST_FILTERS = 100, 20
RATES_SECONDS = 1.0
"""How long what was counted for one is told to others, too."""
MAX_REASON_CHARS = 4_000
AWAY = "the database is away; ask again in a moment"


class Answerer:
    """Answers the questions of all members here. Nothing of it is recorded."""

    def __init__(
        self, pool: asyncpg.Pool, database: Database, filters: FilterSetter, log: LogReader, feeds: Feeds
    ) -> None:
        self._pool = pool
        self._database = database
        self._filters = filters
        self._log = log
        self._feeds = feeds
        self._rates: list[pb.feedrate] = []
        # Monotonic; when the rates were counted.
        self._counted_at = float("-inf")
        self._answers: dict[int, Callable[[pb.chatmessage, int], Awaitable[pb.chatmessage]]] = {
            pb.PREVIEW: self._preview,
            pb.VALUES: self._list_values,
            pb.EXPLAIN: self._explain,
            pb.HISTORY: self._read_past,
            pb.FILTERS: self._list_past_filters,
            pb.RATES: self._count,
        }

    async def answer(self, question: pb.chatmessage, room_id: int | None, refusal: str | None) -> pb.chatmessage:
        """The answer to a member of a room, None if it is none; in words why not, if there is a refusal already or no
        answer. Raises nothing."""
        if room_id is None:
            refusal = "join a room before asking"
        if room_id is None or refusal is not None:
            return _addressed(_refusal(refusal or FAULT), question)
        try:
            answer = await self._answers[question.mtype](question, room_id)
        except DatabaseAwayError:
            answer = _refusal(AWAY)
        except DatabaseFaultError:
            answer = _refusal(FAULT)
        except Exception as error:
            note_fault("a bug in answering a question", error)
            answer = _refusal(FAULT)
        return _addressed(answer, question)

    async def _preview(self, question: pb.chatmessage, room_id: int) -> pb.chatmessage:
        async with self._filters.calls:
            return await self._database.call(lambda: self._try_clause(question, room_id))

    async def _try_clause(self, question: pb.chatmessage, room_id: int) -> pb.chatmessage:
        feed, clause = storable(question.feed), storable(question.clause)
        prepared: list[str] = []
        async with self._pool.acquire() as connection:
            while True:
                row = await connection.fetchrow(queries.PREVIEW_CLAUSE, room_id, feed, clause, prepared)
                assert row is not None
                if row["guard"] is None:
                    return _previewed(row)
                error = await prepare_guard(connection, row["guard"])
                if error is not None:
                    arguments = guard_arguments(row["feed_id"], clause, error)
                    refusal = await connection.fetchrow(queries.EXPLAIN_GUARD, *arguments)
                    assert refusal is not None
                    return _refusal(refusal["reason"], refusal["place"])
                prepared.append(row["guard"])

    async def _list_values(self, question: pb.chatmessage, _room_id: int) -> pb.chatmessage:
        [row] = await self._fetch(
            queries.LIST_VALUES, storable(question.feed), storable(question.column), storable(question.prefix)
        )
        if row["reason"] is not None:
            return _refusal(row["reason"])
        found = zip(row["literals"] or (), row["counts"] or (), strict=True)
        return pb.chatmessage(values=[pb.columnvalue(literal=literal, count=count) for literal, count in found])

    async def _explain(self, question: pb.chatmessage, room_id: int) -> pb.chatmessage:
        is_by_key = question.HasField("row_id")
        if not is_by_key and not question.HasField("seq"):
            return _refusal("say which row: its feed and row_id, or the seq of the message that it was")
        [row] = await self._fetch(
            queries.EXPLAIN_MESSAGE,
            room_id,
            storable(question.feed),
            min(question.row_id, MAX_SEQ) if is_by_key else None,
            None if is_by_key else min(question.seq, MAX_SEQ),
        )
        if row["reason"] is not None:
            return _refusal(row["reason"])
        parts = zip(row["items"], row["item_values"], strict=True)
        return pb.chatmessage(
            feed=row["feed"],
            row_id=row["row_id"],
            row=row["content"],
            seq=row["seq"],
            explanation=[pb.explaineditem(item=item, value=value or "") for item, value in parts],
        )

    async def _read_past(self, question: pb.chatmessage, room_id: int) -> pb.chatmessage:
        count = min(question.history, MAX_MESSAGES) if question.HasField("history") else DEFAULT_MESSAGES
        before = min(question.before, MAX_SEQ) if question.HasField("before") else None
        resume_after = min(question.resume_after, MAX_SEQ) if question.HasField("resume_after") else None
        [page] = await self._fetch(queries.OPEN_PAST, room_id, before, resume_after, count)
        found = []
        try:
            async for entry in self._log.read(room_id, page["after_seq"], page["before_seq"]):
                found.append(await self._message(entry.seq, entry.feed_id, entry.message))
        except LookupError as error:
            return _refusal(f"part of the room's past is gone meanwhile: {error}; ask again")
        answer = pb.chatmessage(seq=page["gone_seq"])
        for message in _fitting(found, from_the_end=resume_after is None):
            answer.messages.add().MergeFromString(message)
        return answer

    async def _message(self, seq: int, feed_id: int | None, message: bytes) -> bytes:
        if feed_id is None:
            return message
        feed = await self._feeds.find(feed_id)
        framed = frames_with_seq([feed.wrap(message)], seq)
        return framed[slice(*message_at(framed, 0))]

    async def _list_past_filters(self, question: pb.chatmessage, room_id: int) -> pb.chatmessage:
        count = min(question.history, MAX_PAST_FILTERS) if question.HasField("history") else DEFAULT_PAST_FILTERS
        rows = await self._fetch(queries.LIST_PAST_FILTERS, room_id, count)
        return pb.chatmessage(past_filters=[pb.pastfilter(**row) for row in rows])

    async def _count(self, _question: pb.chatmessage, _room_id: int) -> pb.chatmessage:
        if time.monotonic() - self._counted_at >= RATES_SECONDS:
            # Before the rows are there: those who ask meanwhile get the former count.
            self._counted_at = time.monotonic()
            self._rates = [pb.feedrate(**row) for row in await self._fetch(queries.COUNT_FEED_ROWS)]
        return pb.chatmessage(rates=self._rates)

    async def _fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        return await self._database.call(lambda: self._pool.fetch(query, *arguments))


def _addressed(answer: pb.chatmessage, question: pb.chatmessage) -> pb.chatmessage:
    answer.mtype = question.mtype
    if question.HasField("request"):
        answer.request = question.request
    return answer


def _refusal(reason: str, place: int | None = None) -> pb.chatmessage:
    return pb.chatmessage(reason=reason[:MAX_REASON_CHARS], reason_at=place)


def _previewed(row: asyncpg.Record) -> pb.chatmessage:
    if row["reason"] is not None:
        return _refusal(row["reason"], row["place"])
    examples = zip(row["row_ids"] or (), row["rows"] or (), strict=True)
    return pb.chatmessage(
        preview=pb.previewresult(
            examined=row["examined"],
            matching=row["matching"],
            per_minute=row["per_minute"],
            examples=[pb.feedrow(row_id=row_id, row=content) for row_id, content in examples],
            warning=row["warning"],
        )
    )


def _fitting(messages: list[bytes], *, from_the_end: bool) -> list[bytes]:
    """As many messages as go into an answer, in their order: the last ones or the first ones, one at least."""
    order = messages[::-1] if from_the_end else messages
    size = count = 0
    for message in order:
        size += len(message)
        if count and size > MAX_PAST_BYTES:
            break
        count += 1
    return order[:count][::-1] if from_the_end else order[:count]
