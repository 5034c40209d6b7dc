"""Reads a page of a room's past for a member who scrolls there: each message as it was sent, in one answer."""

import asyncio
from collections.abc import AsyncIterator

from google.protobuf.message import DecodeError

from gateway.delivery.feeds import Feeds
from gateway.frames import with_seq
from gateway.omission import omit, omit_feed_message
from gateway.postgres.log import Entry, LogReader
from gateway.postgres.questions import QUESTIONS_AT_ONCE, Questions
from proto import chatmessage_pb2 as pb
from proto.sizes import MAX_SENT_BYTES

PAGE_MESSAGES = 500
"""Most messages in one answer."""
READ_AT_ONCE = 50
"""Messages read from the log at a time: each may have 1 MiB, and most answers end before the page does."""
MAX_PAGE_BYTES = 256 * 1024
"""What messages in one answer may have together, but for a single one. With a whole frame waiting for a client, the
next feed message would count it as one that does not read (Outlet). As JSON they may be four times as long."""
MAX_BYTES = MAX_SENT_BYTES - 64
"""What a single message may have: around it are mtype, request, seq, and its own tag and size."""


class Past:
    """Answers HISTORY."""

    def __init__(self, questions: Questions, log: LogReader, feeds: Feeds) -> None:
        self._questions = questions
        self._log = log
        self._feeds = feeds
        self._turns = asyncio.Semaphore(QUESTIONS_AT_ONCE)

    async def read(self, room_id: int, before: int | None, resume_after: int | None, count: int) -> pb.chatmessage:
        """The answer. What a member has not asked to resume after is read from its end, and so are holes in it:
        what is before one is not told."""
        section = await self._questions.history(room_id, before, resume_after, count)
        after, up_to, gone = section
        is_backward = resume_after is None
        messages: list[pb.chatmessage] = []
        room = MAX_PAGE_BYTES
        wanted = range(up_to, after, -1) if is_backward else range(after + 1, up_to + 1)
        entries = self._entries(room_id, wanted)
        for seq in wanted:
            entry = await anext(entries, None)
            if entry is None or entry.seq != seq:
                # Going on from here, it is the first that is looked for.
                if is_backward or not messages:
                    gone = seq
                break
            message = await self._encode(entry)
            room -= len(message) + 6
            if room < 0 and messages:
                break
            messages.append(_parse(message, seq))
        if is_backward:
            messages.reverse()
        return pb.chatmessage(mtype=pb.HISTORY, messages=messages, seq=gone)

    async def _entries(self, room_id: int, wanted: range) -> AsyncIterator[Entry]:
        """What there is of these sequences, in their order, up to a part of which nothing is there."""
        for start in range(0, len(wanted), READ_AT_ONCE):
            part = wanted[start : start + READ_AT_ONCE]
            async with self._turns:
                entries = await self._log.read_page(room_id, min(part) - 1, max(part))
            if not entries:
                return
            for entry in entries if wanted.step > 0 else reversed(entries):
                yield entry

    async def _encode(self, entry: Entry) -> bytes:
        if entry.feed_id is None:
            return entry.message if len(entry.message) <= MAX_BYTES else omit(entry.message)
        body = (await self._feeds.find(entry.feed_id)).wrap(entry.message)
        message = with_seq(body, entry.seq)
        return message if len(message) <= MAX_BYTES else with_seq(omit_feed_message(len(message)), entry.seq)


def _parse(message: bytes, seq: int) -> pb.chatmessage:
    try:
        return pb.chatmessage.FromString(message)
    except DecodeError:
        # Of a row that somebody stored with something else for its message; no client could read it either.
        return pb.chatmessage.FromString(with_seq(omit_feed_message(len(message)), seq))
