"""Streams of others that have subjects of the feeds: the server lets a subject be in one stream only.

While one has them, the feeds' own stream cannot have them, and what is published goes to the other stream, which the
bridge does not read. So it says which one that is and what to do, and goes on by itself when the subjects are free; the
feeds whose subjects are nobody else's go on meanwhile.
What the other stream had of them by then reached nobody, and is recorded in chat.feed_reject under the other's name.
That count is as good as what can be known: messages that the other stream dropped between two looks (at most three
seconds apart), or had got just before it was deleted, are in none.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from nats.aio.client import Client

from bridge.batch import Batch, Reject
from bridge.errors import SourceError
from bridge.feed import REMOVED, Feed
from bridge.jetstream import ApiError, ask
from bridge.statement import Origin
from bridge.store import Store
from bridge.stream import Stream
from runtime.logs import event

LOST = "lost to the stream %s, which had the subject %s: it is not what the bridge reads"

logger = logging.getLogger("bridge")


class Catch(NamedTuple):
    """A subject of a feed in another's stream, which `created` tells from later ones of its name."""

    stream: str
    created: str
    subject: str


class Rivals:
    """The streams that were in the way since the bridge last opened its own, and what they had at the last look."""

    def __init__(self) -> None:
        self._counts: dict[Catch, int] = {}

    async def explain(self, client: Client, own: str, subjects: Sequence[str], has_own: bool = False) -> str | None:
        """Which streams have the subjects, and what to do, in words; None if none has. Counts what they hold.

        `has_own`: some of the feeds' subjects are in the bridge's own stream. Raises SourceError.
        """
        present: dict[str, list[str]] = {}
        try:
            for subject in subjects:
                names = (await ask(client, "STREAM.NAMES", {"subject": subject}))["streams"] or []
                has_own = has_own or own in names
                for name in names:
                    if name != own:
                        present.setdefault(name, []).append(subject)
                        await self._count(client, name, subject)
        except ApiError as error:
            raise SourceError(f"another stream has the feeds' subjects; asking which one: {error}") from error
        if not present:
            return None
        # The bridge reads one stream, which must be able to get all subjects.
        can_be_read = len(present) == 1 and not has_own
        return "; ".join(_remedy(name, held, can_be_read) for name, held in present.items())

    async def reasons(self, client: Client, stream: Stream, feeds: Iterable[Feed]) -> dict[str, str | None]:
        """Why the bridge's stream was refused feeds' subjects, by feeds; None where no other stream has the subject.

        Raises SourceError.
        """
        return {
            feed.name: await self.explain(client, stream.name, [feed.subject], has_own=True)
            for feed in feeds
            if feed.subject in stream.left_out and feed.state != REMOVED
        }

    async def settle(self, client: Client, store: Store, left_out: Collection[str] = ()) -> None:
        """Subjects, but for those left out, are the bridge's again: record what the others caught.

        Raises SourceError, PositionError.
        """
        for catch in [catch for catch in self._counts if catch.subject not in left_out]:
            await self._recount(client, catch)
            await _record(store, catch, self._counts[catch])
            del self._counts[catch]

    async def _count(self, client: Client, name: str, subject: str) -> None:
        """Note how many messages of a subject a stream has, or had."""
        info = await _info(client, name, subject)
        catch = Catch(name, info["created"], subject)
        count = sum((info["state"].get("subjects") or {}).values())
        # What it drops meanwhile is lost all the same.
        self._counts[catch] = max(self._counts.get(catch, 0), count)

    async def _recount(self, client: Client, catch: Catch) -> None:
        try:
            await self._count(client, catch.stream, catch.subject)
        except ApiError as error:
            logger.debug("stream %s: %s", catch.stream, error)


async def _info(client: Client, name: str, subject: str) -> dict[str, Any]:
    return await ask(client, f"STREAM.INFO.{name}", {"subjects_filter": subject})


async def _record(store: Store, catch: Catch, count: int) -> None:
    """Record a count, or how much it has grown since it was recorded: a stream may take a subject twice.

    The position under an epoch of its own says how much was. It commits with the reject, so nothing counts twice, and
    the position at which the bridge would read that stream, if it is told to, stays as it is.
    """
    if not count:
        return
    origin = Origin(catch.stream, f"{catch.subject} in another's stream of {catch.created}", is_stream=False)
    known = (await store.open_position(origin)).last_seq
    if count > known:
        words = LOST % (catch.stream, catch.subject)
        logger.warning("%d messages are %s", count - known, words, extra=event("messages_lost", count=count - known))
        await store.write(origin, Batch([Reject(known + 1, count, catch.subject, None, words)]))


def _remedy(name: str, subjects: Sequence[str], can_be_read: bool) -> str:
    held = f"subject{'s' if len(subjects) > 1 else ''} {', '.join(subjects)}"
    them = "them" if len(subjects) > 1 else "the subject"
    instead = f", or set FEED_STREAM={name}" if can_be_read else ""
    return f"the stream {name} has the {held}: delete it, or take {them} from it{instead}"
