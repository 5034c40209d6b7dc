"""One member of one room, for as long as the program wants."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from edgechat.client.errors import CommentRejectedError, FilterRejectedError
from edgechat.client.place import Place
from edgechat.client.questions import Questions
from edgechat.client.requests import member_request
from edgechat.client.state import State
from edgechat.client.stream import Stream
from edgechat.client.token import Token
from proto.chatmessage_pb2 import COMMENT, FILTER, USERS, chatmessage, feedfilter

PATIENCE_SECONDS = 60.0


class Client(Questions):
    """A user of the chat service at a ws:// or wss:// URL, in at most one room.

    `async with Client(url) as client` connects, and says goodbye at the end. `async for message in client` yields what
    the room gets, each message once and in order, whatever happens to the connection. Where the service no longer has
    what came meanwhile, a ROOM_STATUS `HISTORY_TRUNCATED` is yielded in its place.

    `token` says who the user is, where the service asks for that: a token, or an async function that gives a fresh one
    whenever the client joins or comes back.

    `patience` is how many seconds a call tries to reach the service before it raises UnreachableError (60); `math.inf`
    tries for ever. `options` go to websockets' `connect`, such as `ssl`, `proxy` or `additional_headers`.

    Every call may be cancelled, and raises ClosedError if the service closed the connection for good.
    """

    def __init__(
        self, url: str, *, token: Token | None = None, patience: float = PATIENCE_SECONDS, **options: Any
    ) -> None:
        super().__init__()
        self._stream = Stream(url, patience, options, token)

    @property
    def token(self) -> Token | None:
        """What the service is shown at the next join, return or `renew`; another one may be put here."""
        return self._stream.token

    @token.setter
    def token(self, token: Token | None) -> None:
        self._stream.token = token

    @property
    def state(self) -> State:
        """What is known of the rooms, the feeds, and the own room's users and filters."""
        return self._stream.state

    @property
    def resume_token(self) -> str | None:
        """What takes the place in the room back, in `join`, also after this program was started anew."""
        return self._stream.place.token if self._stream.place else None

    async def join(
        self,
        name: str,
        room: int,
        *,
        history: int | None = None,
        resume_after: int | None = None,
        resume_token: str | None = None,
    ) -> chatmessage:
        """Join a room and return the own USERJOINED; raises JoinDeniedError.

        `history` asks for the room's last so many messages first, `resume_after` for everything after that seq: that of
        the last message that an earlier run of the program had taken. `resume_token` takes its place back.
        """
        return await self._stream.enter(Place(name, room, resume_after, history, resume_token))

    async def renew(self) -> chatmessage:
        """Show the service a fresh `token` before the last one expires, so that the room sees no exit.

        Returns the ROOM_STATUS TOKENRENEWED. Raises JoinDeniedError, after which the former token still holds.
        """
        return await self._stream.renew()

    async def comment(self, text: str) -> chatmessage:
        """Say something, and return the COMMENT once it has come back, with its seq; raises CommentRejectedError.

        One at a time: what is said in two tasks is said one after the other.
        """
        answer = await self._request(member_request(COMMENT, None, comment=text), self._is_verdict_on_comment(text))
        if answer.mtype != COMMENT:
            raise CommentRejectedError(answer)
        return answer

    async def set_filters(self, clauses: Mapping[str, str]) -> chatmessage:
        """Set the room's filters of feeds, by their names, all or none; raises FilterRejectedError.

        `sport_event` and `execution` are the names of the original's two. A clause may be NONE (filter nothing out),
        ALL, or a SQL WHERE clause. Returns the FILTERAPPLIED; its `reason`, if any, is a warning.
        """
        request = member_request(FILTER, None)
        request.filters.extend(feedfilter(feed=feed, clause=clause) for feed, clause in clauses.items())
        answer = await self._request(request, self._is_verdict_on_filters)
        if answer.userstatus != "FILTERAPPLIED":
            raise FilterRejectedError(answer)
        return answer

    async def list_users(self) -> list[str]:
        """Who is in the room, those who have been there the longest first; asks the service if that is not known.

        Raises QuestionRefusedError.
        """
        if not self.state.are_users_known:
            await self._ask(chatmessage(mtype=USERS))
        return list(self.state.users)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> chatmessage:
        message = await self._stream.take()
        if message is None:
            raise StopAsyncIteration
        return message

    async def close(self) -> None:
        """Say goodbye; harmless twice. Messages that were not taken are thrown away, and iterations end."""
        await self._stream.close()

    async def __aenter__(self) -> Self:
        await self._stream.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _is_verdict_on_comment(self, text: str) -> Callable[[chatmessage], bool]:
        def is_verdict(message: chatmessage) -> bool:
            is_own = message.mtype == COMMENT and (message.user, message.comment) == (self._name, text)
            return is_own or message.userstatus in ("REJECTED_COMMENT", "REJECTED_NOTJOINED")

        return is_verdict

    def _is_verdict_on_filters(self, message: chatmessage) -> bool:
        is_own = (message.userstatus, message.user) == ("FILTERAPPLIED", self._name)
        return is_own or message.userstatus in ("REJECTED_BADFILTER", "REJECTED_NOTJOINED")

    @property
    def _name(self) -> str:
        return self._stream.place.name if self._stream.place else ""

    async def _request(self, request: chatmessage, is_answer: Callable[[chatmessage], bool]) -> chatmessage:
        return await self._stream.request(request, is_answer)
