"""The JetStream stream that holds feed messages until the bridge has taken them.

It is made if it is absent. An existing one is given the feeds' subjects that it lacks and the limits that are set, and
keeps everything else. It remembers which subjects the bridge gave it: one that no feed has any more is taken away. With
several servers each has a bridge, and the stream remembers for each which subjects its feeds have: while a feed is
being added or removed, or after a restore, they differ, and what one of them wants stays. A
subject that the server refuses, mostly since another stream has it, is left out, and the other feeds go on. Publishers
need not know of the stream: it captures what plain publishers send. What it can lose:

- FEED_STREAM_MAX_AGE (seconds) and FEED_STREAM_MAX_BYTES: messages that the bridge did not take before they grew too
  old, or before newer ones filled the space, are dropped, the oldest first. The bridge reports the gap in
  chat.feed_reject. A larger limit costs only disk: at 1,000 messages/s of 100 bytes, 1 GiB lasts two hours.
- the server's max_payload (1 MiB by default, 2 MB for the embedded server): a larger message never gets in; the server
  closes the publisher's connection.
- the server's sync_interval (two minutes by default, 1 s for the embedded server): after a power failure the stream may
  lack what it acknowledged in that time, and gives those numbers again. What the bridge had taken stays stored; it goes
  back to the first message that it has not taken, which it finds by the times at which the stream got the messages.
  What it had not taken is lost: little, as long as bridge and Postgres keep up.
- what plain publishers send while the server is away is lost before the stream.

FEED_STREAM_REPLICAS says how many servers of a cluster keep a copy: with 3, one may die.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nats.aio.client import Client

from bridge.errors import OverlapError, SourceError
from bridge.jetstream import (
    INVALID_CONFIG,
    MESSAGE_NOT_FOUND,
    NAME_IN_USE,
    NO_PEERS,
    STREAM_NOT_FOUND,
    SUBJECTS_OVERLAP,
    TOO_MANY_REPLICAS,
    ApiError,
    ask,
)
from bridge.moment import to_micros
from bridge.subject import covers, merge
from runtime.logs import event
from runtime.settings import DEFAULT_STREAM_MAX_AGE, DEFAULT_STREAM_MAX_BYTES, DEFAULT_STREAM_REPLICAS, Settings

# Seconds for which the server remembers the Nats-Msg-Id of acknowledged publishers.
DUPLICATE_WINDOW = 120
NANOSECONDS = 1_000_000_000
# A key of the stream's metadata: the subjects that the bridge gave it. Behind it stands the name of the bridge's server
# where there are several.
OWN_SUBJECTS = "edgechat.subjects"
_REFUSALS = (SUBJECTS_OVERLAP, INVALID_CONFIG)
NO_LEADER = "none of its servers leads: start those of the cluster that are away, it needs more than half of them"

logger = logging.getLogger("bridge")


@dataclass(frozen=True, slots=True)
class StreamState:
    """The stream as the server describes it; with nothing in it, first_seq is last_seq + 1."""

    created: str
    first_seq: int
    last_seq: int
    messages: int


class Stream:
    """The one stream of the feeds."""

    def __init__(self, client: Client, settings: Settings, subjects: Sequence[str], server: str | None = None) -> None:
        """`server` is what the bridge's one of several is called."""
        self.name = settings.feed_stream
        self._key = OWN_SUBJECTS if server is None else f"{OWN_SUBJECTS}.{server}"
        self._client = client
        self.subjects = list(dict.fromkeys(subjects))
        # Why the server does not let the stream have subjects; known after `ensure`.
        self.left_out: dict[str, ApiError] = {}
        # None: an existing stream keeps its own limit.
        self._max_age = settings.feed_stream_max_age
        self._max_bytes = settings.feed_stream_max_bytes
        self._replicas = settings.feed_stream_replicas

    async def ensure(self) -> StreamState:
        """Make the stream, or add what it lacks, and return its state; raises OverlapError and other SourceErrors."""
        try:
            info = await self._find()
            try:
                info = await self._give(info, self.subjects)
            except ApiError as error:
                if error.code not in _REFUSALS:
                    raise
                info = await self._give_each(info, error)
        except ApiError as error:
            kind = OverlapError if error.code == SUBJECTS_OVERLAP else SourceError
            raise kind(f"stream {self.name}: {error}{self._remedy(error)}") from error
        return _state(info)

    async def _give(self, info: dict[str, Any] | None, subjects: Sequence[str]) -> dict[str, Any]:
        """Make the stream with these subjects, or change what is not as it should be. Raises ApiError."""
        if info is None:
            try:
                return await self._create(merge(subjects))
            except ApiError as error:
                # Another server's bridge may have made it just now.
                info = await self._find() if error.code == NAME_IN_USE else None
                if info is None:
                    raise
        changes = self._changes(info["config"], subjects)
        return await self._change(info["config"] | changes) if changes else info

    async def _give_each(self, info: dict[str, Any] | None, refusal: ApiError) -> dict[str, Any]:
        """The same, one subject after the other: those that are refused are left out. If all are, raises `refusal`."""
        taken = [subject for subject in self.subjects if info is not None and _has(info["config"], subject)]
        for subject in self.subjects:
            if subject in taken:
                continue
            try:
                info = await self._give(info, [*taken, subject])
            except ApiError as error:
                if error.code not in _REFUSALS:
                    raise
                self.left_out[subject] = error
            else:
                taken.append(subject)
        if info is None or not taken:
            raise refusal
        return info

    def refusal(self, subject: str) -> str:
        """Why the stream was refused a subject, in the server's words."""
        return f"the server refuses the subject {subject}: {self.left_out[subject]}"

    async def state(self) -> StreamState | None:
        """The stream's state, None if it is gone.

        Raises SourceError if the server does not say, or if somebody took a subject from the stream.
        """
        try:
            info = await self._find()
        except ApiError as error:
            raise SourceError(f"stream {self.name}: {error}") from error
        if info is not None and (missing := self._missing(info["config"])):
            raise SourceError(f"stream {self.name}: the subject {', '.join(missing)} was taken from it")
        return None if info is None else _state(info)

    async def end_of_known(self, position: int, micros: int, state: StreamState) -> int:
        """The last sequence up to `position` whose message is still the one that was taken.

        That is the position itself, unless the stream has lost its end since. `micros` is when the stream got the last
        message that was taken, in microseconds since 1970: it tells that message from a later one with the same number.
        Raises SourceError.
        """
        try:
            if position <= state.last_seq:
                found = await self._micros({"seq": position})
                if found is None or found <= micros:
                    return position
            return await self._last_until(micros, state)
        except ApiError as error:
            raise SourceError(f"stream {self.name}: {error}") from error

    async def _last_until(self, limit: int, state: StreamState) -> int:
        """The last sequence that is not newer than a time. Times grow with sequences, so a binary search finds it."""
        low, high = state.first_seq - 1, state.last_seq
        while low < high:
            middle = (low + high + 1) // 2
            micros = await self._micros({"seq": middle, "next_by_subj": ">"})
            if micros is not None and micros <= limit:
                low = middle
            else:
                high = middle - 1
        return low

    async def _micros(self, which: dict[str, Any]) -> int | None:
        """When the stream got a message, in microseconds since 1970; None if there is no such message."""
        try:
            answer = await ask(self._client, f"STREAM.MSG.GET.{self.name}", which)
        except ApiError as error:
            if error.code == MESSAGE_NOT_FOUND:
                return None
            raise
        return to_micros(datetime.fromisoformat(answer["message"]["time"]))

    async def _find(self) -> dict[str, Any] | None:
        try:
            info = await ask(self._client, f"STREAM.INFO.{self.name}")
        except ApiError as error:
            if error.code == STREAM_NOT_FOUND:
                return None
            raise
        # Without a leader, any server of a cluster answers with what it has itself: nothing, if it just started.
        if "cluster" in info and not info["cluster"].get("leader"):
            raise SourceError(f"stream {self.name}: {NO_LEADER}")
        return info

    async def _create(self, subjects: list[str]) -> dict[str, Any]:
        max_age = self._max_age or DEFAULT_STREAM_MAX_AGE
        config = {
            "name": self.name,
            "subjects": subjects,
            "metadata": {self._key: " ".join(subjects)},
            "retention": "limits",
            "storage": "file",
            "discard": "old",
            "max_bytes": self._max_bytes or DEFAULT_STREAM_MAX_BYTES,
            "num_replicas": self._replicas or DEFAULT_STREAM_REPLICAS,
            **_age(max_age),
        }
        info = await ask(self._client, f"STREAM.CREATE.{self.name}", config)
        # Not before: while another stream has the subjects, this is tried again and again.
        logger.info("made the stream %s for %s", self.name, ", ".join(subjects), extra=event("stream_made"))
        return info

    async def _change(self, config: dict[str, Any]) -> dict[str, Any]:
        info = await ask(self._client, f"STREAM.UPDATE.{self.name}", config)
        subjects = ", ".join(config["subjects"])
        logger.info("changed the stream %s: subjects %s", self.name, subjects, extra=event("stream_changed"))
        return info

    def _changes(self, config: dict[str, Any], subjects: Sequence[str]) -> dict[str, Any]:
        """What is not as it should be: subjects, and limits that were set and not just left at their default."""
        changes: dict[str, Any] = {}
        present, metadata = config.get("subjects") or [], config.get("metadata") or {}
        # What the bridge gave it before its server had a name counts as its own.
        own_keys = {self._key, OWN_SUBJECTS}
        theirs = _noted(metadata, lambda key: key.startswith(f"{OWN_SUBJECTS}.") and key != self._key)
        given = _noted(metadata, lambda key: key in own_keys) - theirs
        others = [subject for subject in present if subject not in given]
        wanted = merge([*others, *subjects])
        own = [subject for subject in wanted if subject not in others or (subject in theirs and subject in subjects)]
        if set(wanted) != set(present):
            changes["subjects"] = wanted
        noted = {key: set(metadata[key].split()) for key in own_keys if key in metadata}
        # Others go by it, so it is noted though nothing else changes.
        if "subjects" in changes or (self._key != OWN_SUBJECTS and noted != {self._key: set(own)}):
            kept = {key: value for key, value in metadata.items() if key not in own_keys}
            changes["metadata"] = kept | {self._key: " ".join(own)}
        if self._max_age is not None and config.get("max_age") != self._max_age * NANOSECONDS:
            changes |= _age(self._max_age)
        if self._max_bytes is not None and config.get("max_bytes") != self._max_bytes:
            changes["max_bytes"] = self._max_bytes
        if self._replicas is not None and config.get("num_replicas") != self._replicas:
            changes["num_replicas"] = self._replicas
        return changes

    def _remedy(self, error: ApiError) -> str:
        """What to do if the servers cannot keep so many copies."""
        if error.code not in (TOO_MANY_REPLICAS, NO_PEERS):
            return ""
        return f"; FEED_STREAM_REPLICAS is {self._replicas}: set it to at most as many as the cluster has servers"

    def _missing(self, config: dict[str, Any]) -> list[str]:
        """The feeds' subjects that a stream of this configuration does not get, though it could."""
        return [s for s in self.subjects if s not in self.left_out and not _has(config, s)]


def _noted(metadata: Mapping[str, str], is_meant: Callable[[str], bool]) -> set[str]:
    """The subjects under some keys of the stream's metadata."""
    return {subject for key, subjects in metadata.items() if is_meant(key) for subject in subjects.split()}


def _has(config: dict[str, Any], subject: str) -> bool:
    return any(covers(pattern, subject) for pattern in config.get("subjects") or [])


def _age(seconds: int) -> dict[str, Any]:
    # The server refuses to remember ids for longer than messages.
    return {"max_age": seconds * NANOSECONDS, "duplicate_window": min(DUPLICATE_WINDOW, seconds) * NANOSECONDS}


def _state(info: dict[str, Any]) -> StreamState:
    state = info["state"]
    # A stream that never had a message says that it begins at 0.
    first_seq = state["first_seq"] if state["messages"] else max(state["first_seq"], state["last_seq"] + 1)
    return StreamState(info["created"], first_seq, state["last_seq"], state["messages"])
