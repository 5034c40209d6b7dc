"""Answers what a member asks for a person's sake: whatever comes of it, one message of the same type."""

from collections.abc import Awaitable, Callable

from gateway.client.history import MAX_SEQ
from gateway.client.limits import Allowances
from gateway.client.messages import FAULT, explain_question, storable
from gateway.client.past import PAGE_MESSAGES, Past
from gateway.client.previews import Previewer
from gateway.client.rates import Rates
from gateway.errors import GatewayError, note_fault
from gateway.postgres.questions import Questions
from proto import chatmessage_pb2 as pb
from proto.sizes import MAX_SENT_BYTES

MOST_FILTERS = 100
"""Filters in one answer to FILTERS."""
SHOWN_CHARS = 100
"""Characters that are looked at of names and prefixes: none that there is has more."""
REASON_CHARS = 4000
REQUEST_BYTES = 16
"""What `request` takes in an answer."""
QUESTIONS = frozenset((pb.PREVIEW, pb.VALUES, pb.EXPLAIN, pb.HISTORY, pb.FILTERS, pb.RATES, pb.USERS))
"""The types of messages that are questions."""
NOT_JOINED = "join a room before asking"
TOO_LARGE = "the answer would not fit in a frame of 1 MiB"


class Desk:
    """Where all members of a gateway ask; an answer is what Postgres says, put into a message."""

    def __init__(self, questions: Questions, previewer: Previewer, past: Past) -> None:
        self._questions = questions
        self._previewer = previewer
        self._past = past
        self._rates = Rates(questions)
        self._handlers: dict[int, Callable[[pb.chatmessage, int], Awaitable[pb.chatmessage]]] = {
            pb.PREVIEW: self._preview,
            pb.VALUES: self._values,
            pb.EXPLAIN: self._explain,
            pb.HISTORY: self._history,
            pb.FILTERS: self._filters,
            pb.RATES: self._tell_rates,
            pb.USERS: self._users,
        }

    async def answer(self, question: pb.chatmessage, room_id: int | None, allowances: Allowances) -> pb.chatmessage:
        """The answer to what a member of a room asks, with the reason if there is none; raises nothing."""
        reason = NOT_JOINED if room_id is None else allowances.explain_question(question.mtype)
        answer = pb.chatmessage(mtype=question.mtype, reason=reason)
        if room_id is not None and reason is None:
            answer = await self._ask(question, room_id)
            if question.mtype == pb.PREVIEW and answer.HasField("reason"):
                allowances.refused_previews.take()
        if len(answer.reason) > REASON_CHARS:
            answer.reason = answer.reason[:REASON_CHARS]
        if question.HasField("request"):
            answer.request = question.request
        return answer

    async def _ask(self, question: pb.chatmessage, room_id: int) -> pb.chatmessage:
        try:
            answer = await self._handlers[question.mtype](question, room_id)
        except GatewayError as error:
            return pb.chatmessage(mtype=question.mtype, reason=explain_question(error))
        except Exception as error:
            note_fault("a bug in answering a question", error)
            return pb.chatmessage(mtype=question.mtype, reason=FAULT)
        if answer.ByteSize() > MAX_SENT_BYTES - REQUEST_BYTES:
            return pb.chatmessage(mtype=question.mtype, reason=TOO_LARGE)
        return answer

    async def _preview(self, question: pb.chatmessage, room_id: int) -> pb.chatmessage:
        answer = await self._previewer.preview(room_id, _named(question.feed), storable(question.clause))
        while answer.preview.examples and answer.ByteSize() > MAX_SENT_BYTES - REQUEST_BYTES:
            del answer.preview.examples[-1]
        return answer

    async def _values(self, question: pb.chatmessage, room_id: int) -> pb.chatmessage:
        rows = await self._questions.values(_named(question.feed), _named(question.column), _named(question.prefix))
        values = [pb.columnvalue(literal=row["literal"], count=row["count"]) for row in rows]
        return pb.chatmessage(mtype=pb.VALUES, values=values)

    async def _explain(self, question: pb.chatmessage, room_id: int) -> pb.chatmessage:
        seq = min(question.seq, MAX_SEQ) if question.HasField("seq") else None
        row = await self._questions.explanation(room_id, _named(question.feed), min(question.row_id, MAX_SEQ), seq)
        items = zip(row["items"], row["values"], strict=True)
        return pb.chatmessage(
            mtype=pb.EXPLAIN,
            feed=row["feed"],
            row_id=row["row_id"],
            row=row["row"],
            seq=row["seq"],
            explanation=[pb.explaineditem(item=item, value=value) for item, value in items],
        )

    async def _history(self, question: pb.chatmessage, room_id: int) -> pb.chatmessage:
        before = min(question.before, MAX_SEQ) if question.HasField("before") else None
        resume_after = min(question.resume_after, MAX_SEQ) if question.HasField("resume_after") else None
        return await self._past.read(room_id, before, resume_after, _count(question, PAGE_MESSAGES))

    async def _filters(self, question: pb.chatmessage, room_id: int) -> pb.chatmessage:
        rows = await self._questions.filters(room_id, _count(question, MOST_FILTERS))
        return pb.chatmessage(mtype=pb.FILTERS, past_filters=[pb.pastfilter(**row) for row in rows])

    async def _tell_rates(self, question: pb.chatmessage, room_id: int) -> pb.chatmessage:
        return await self._rates.read()

    async def _users(self, question: pb.chatmessage, room_id: int) -> pb.chatmessage:
        row = await self._questions.users(room_id)
        room = pb.roomstatus(roomid=room_id, maxusers=row["max_users"], currusers=row["users"])
        answer = pb.chatmessage(mtype=pb.USERS, seq=row["seq"], rooms=[room])
        named = answer.rooms[0]
        # With the longest names 4,000 users fit.
        while answer.ByteSize() > MAX_SENT_BYTES - REQUEST_BYTES:
            named.numusers = len(row["users"])
            del named.currusers[len(named.currusers) * 3 // 4 :]
        return answer


def _named(text: str) -> str:
    shown = storable(text[: SHOWN_CHARS + 1])
    return shown if len(shown) <= SHOWN_CHARS else shown[:SHOWN_CHARS] + "…"


def _count(question: pb.chatmessage, most: int) -> int:
    """How many are asked for: without a number, or with 0, as many as there may be."""
    return min(question.history or most, most)
