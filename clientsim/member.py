"""One user of a swarm: joins, comments, follows seq, and resumes when dropped."""

import asyncio
import time

from clientsim.connection import Connection
from clientsim.frames import feed_seq
from clientsim.sequence import Sequence
from clientsim.traffic import Traffic
from edgechat.client.requests import is_welcome, join_request, member_request
from proto import chatmessage_pb2
from proto.chatmessage_pb2 import chatmessage

ANSWER_SECONDS = 30.0


class Refused(Exception):  # noqa: N818
    """The service refused the join; `status` is the DENIED_ word."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(f"{status}: {reason}" if reason else status)
        self.status = status


class Member:
    """A user of one room over one connection after the other."""

    def __init__(self, name: str, roomid: int, traffic: Traffic) -> None:
        self.name = name
        self.roomid = roomid
        # What came, over all connections.
        self.sequence = Sequence()
        # How many users the room takes, as PENDING says.
        self.max_users = 0
        self._traffic = traffic
        # The last connection, open or not.
        self._connection: Connection | None = None
        # Settled by the answer to a join; None when no join is under way.
        self._answer: asyncio.Future[None] | None = None
        # In the room; and not to be counted as lost when the connection ends.
        self._joined = False
        self._leaving = False
        # The resume token of the last join.
        self._token: str | None = None
        # How many own comments there were, and when each that has not come back was sent, by time.perf_counter().
        self._number = 0
        self._sent: dict[str, float] = {}

    @property
    def present(self) -> bool:
        """Whether the user is in the room."""
        return self._joined

    @property
    def unanswered(self) -> int:
        """How many own comments have not come back yet."""
        return len(self._sent)

    async def join(self, host: str, port: int) -> None:
        """Connect and join, resuming after the last message seen if there is one.

        Raises OSError if nobody answers there, Refused with the service's reason, TimeoutError if no answer arrives.
        """
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        connection = Connection(host, self._take, self._end)
        self._connection = connection
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await loop.create_connection(lambda: connection, host, port)
                await self._answer
        except BaseException:
            connection.abort()
            raise

    def drop(self) -> None:
        """Lose the connection without a goodbye; comments still on their way are not waited for."""
        self._leaving = True
        self._joined = False
        self._sent.clear()
        if self._connection is not None:
            self._connection.abort()

    def comment(self) -> None:
        """Send a comment that is recognised when it comes back."""
        self._number += 1
        text = f"comment {self._number} of {self.name}"
        self._sent[text] = time.perf_counter()
        self._traffic.comments_sent += 1
        assert self._connection is not None
        request = member_request(chatmessage_pb2.COMMENT, (self.name, self.roomid), comment=text)
        self._connection.send(request.SerializeToString())

    def leave(self) -> None:
        """Say goodbye."""
        self._leaving = True
        self._joined = False
        if self._connection is not None:
            self._connection.close()

    def _take(self, data: bytes) -> None:
        seq = feed_seq(data)
        if seq is not None:
            self._traffic.deliveries += 1
            self.sequence.take(seq)
            return
        message = chatmessage.FromString(data)
        if self._answer is not None:
            self._take_answer(message)
            return
        self._traffic.deliveries += 1
        if message.userstatus == "HISTORY_TRUNCATED":
            self._traffic.truncated += 1
            self.sequence.truncate(message.seq)
            return
        if message.HasField("seq"):
            self.sequence.take(message.seq)
        if message.mtype == chatmessage_pb2.COMMENT:
            self._take_comment(message)
        elif message.userstatus.startswith("REJECTED_"):
            self._traffic.comments_refused += 1

    def _take_comment(self, message: chatmessage) -> None:
        self._traffic.comments_received += 1
        if message.user == self.name and (sent := self._sent.pop(message.comment, None)) is not None:
            self._traffic.latencies.append(time.perf_counter() - sent)

    def _take_answer(self, message: chatmessage) -> None:
        """Take what arrives before the user is in the room: PENDING, then the answer to the join."""
        assert self._answer is not None
        assert self._connection is not None
        if message.userstatus == "PENDING":
            self.max_users = next((room.maxusers for room in message.rooms if room.roomid == self.roomid), 0)
            resume_after = self.sequence.last or None
            request = join_request(self.name, self.roomid, resume_after, resume_token=self._token)
            self._connection.send(request.SerializeToString())
        elif is_welcome(message, self.name):
            self._enter(message)
        elif message.userstatus.startswith("DENIED_"):
            self._settle(Refused(message.userstatus, message.reason))

    def _enter(self, message: chatmessage) -> None:
        self._joined = True
        self._leaving = False
        self.name = message.user
        self._token = message.resume_token or None
        self._traffic.deliveries += 1
        # Without seq: what is resumed follows, the USERJOINED in its place included.
        if message.HasField("seq"):
            self.sequence.take(message.seq)
        self._settle(None)

    def _end(self, code: int, reason: str) -> None:
        what = f"{code} {reason}".strip()
        self._settle(ConnectionError(f"the connection ended before the join: {what}"))
        if self._joined and not self._leaving:
            self._traffic.lost[what] += 1
        self._joined = False

    def _settle(self, error: Exception | None) -> None:
        answer, self._answer = self._answer, None
        if answer is None or answer.done():
            return
        if error is None:
            answer.set_result(None)
        else:
            answer.set_exception(error)
