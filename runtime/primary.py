"""Which of the hosts in `DATABASE_URL` is the primary. Everything that connects to Postgres connects by this module.

With one host there is nothing to choose, and nothing is asked. With several (`postgresql://user@a:5432,b:5433/db`):

- All are asked at once, each with a time limit, so a host that answers nothing costs a moment and not more.
- Of those that say they are primaries the one with the highest timeline is taken. Each promotion of a standby begins a
  new timeline, so a former primary that comes back has a lower one: it is outlived, and nothing may be written to it.
- Nor is one taken with a lower timeline than this process has ever seen, though it be the only one that answers.
- While the process runs it looks at the other hosts every WATCH_SECONDS. When one of them has outlived the primary in
  use, all connections to that are ended: who uses them connects anew.

Two standbys that were both promoted from one timeline have the same number afterwards. Then the one in use is kept,
else the first in the URL is taken; to fence the other is the business of whoever promotes.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit
from weakref import WeakKeyDictionary

import asyncpg

from runtime.logs import event
from runtime.remedy import describe
from runtime.session import SESSION_SETTINGS
from runtime.url import split_authority

ASK_SECONDS = 2.0
"""How long a host may take to answer."""
SILENT_SECONDS = 0.5
"""How long one may that answered nothing the last time, once another will do."""
WATCH_SECONDS = 2.0
"""Seconds between two looks at the hosts that are not in use."""
DEFAULT_PORT = 5432
LOOK = "edgechat look"
"""The name of the sessions that look at other hosts; they write nothing."""
# The control file's timeline is that of the last checkpoint; the names of WAL files have the present one.
ASK = "select case when not pg_is_in_recovery() then pg_walfile_name(pg_current_wal_lsn()) end"
_OUR_PARAMETERS = {"host", "port", "target_session_attrs", "load_balance_hosts"}
_ERRORS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

logger = logging.getLogger("edgechat")


class NoPrimaryError(ConnectionError):
    """None of the hosts is a primary that may be used; the message says of each what it is."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host says: `timeline` is None for one that is no primary, `error` for one that answered."""

    address: str
    timeline: int | None = None
    error: str | None = None
    connection: asyncpg.Connection | None = None

    def describe(self, newest: int) -> str:
        """What the host is, in words, where the newest timeline is this."""
        if self.error is not None:
            return f"{self.address} is away: {self.error}"
        if self.timeline is None:
            return f"{self.address} is a standby"
        if self.timeline < newest:
            return f"{self.address} is an outlived primary, of timeline {self.timeline} where {newest} is the newest"
        return f"{self.address} is the primary"


class Primary:
    """The primary among the hosts of a URL, and what this process has seen of it. Made by `primary_of`."""

    def __init__(self, url: str) -> None:
        # The URL of each host, by its address; in the order of the URL.
        self.hosts = split_hosts(url)
        # The highest timeline that was seen, and where; with one host 0 and "".
        self.timeline = 0
        self.address = ""
        # Hosts that did not answer in time when they were last asked.
        self._silent: set[str] = set()
        # Connections that were given away, and to which host each goes.
        self._given: WeakKeyDictionary[asyncpg.Connection, str] = WeakKeyDictionary()

    async def connect(self, **options: Any) -> asyncpg.Connection:
        """A connection to the primary; the options are those of asyncpg.connect, and so is what it raises. With several
        hosts the time limit is ours, and NoPrimaryError is raised if none will do."""
        if len(self.hosts) == 1:
            (url,) = self.hosts.values()
            return await asyncpg.connect(url, **options)
        answers = await self._ask_all(options | {"timeout": ASK_SECONDS})
        best = self.best(answers)
        for answer in answers:
            if answer.connection is not None and answer is not best:
                answer.connection.terminate()
        if best is None or best.connection is None:
            raise NoPrimaryError(self.complaint(answers))
        self._given[best.connection] = best.address
        self._note(best)
        return best.connection

    async def watch(self) -> None:
        """End the connections to a primary that another host has outlived; for ever, or not at all with one host."""
        looks: dict[str, asyncpg.Connection] = {}
        try:
            while len(self.hosts) > 1:
                await asyncio.sleep(WATCH_SECONDS)
                others = [address for address in self.hosts if address != self.address]
                await asyncio.gather(*(self._look(address, looks) for address in others))
                self._drop(looks, self.address)
        finally:
            for address in tuple(looks):
                self._drop(looks, address)

    async def ask(self) -> list[Answer]:
        """What each host says, in the order of the URL; the connections are closed already."""
        settings = {**SESSION_SETTINGS, "application_name": LOOK}
        answers = await self._ask_all({"timeout": ASK_SECONDS, "server_settings": settings})
        for answer in answers:
            if answer.connection is not None:
                answer.connection.terminate()
        return answers

    def complaint(self, answers: Sequence[Answer]) -> str:
        """Why none of the hosts will do."""
        newest = max([self.timeline, *(answer.timeline or 0 for answer in answers)])
        hosts = "; ".join(answer.describe(newest) for answer in answers)
        return f"no host is a primary that may be written to: promote a standby, or start the primary ({hosts})"

    async def _ask_all(self, options: dict[str, Any]) -> list[Answer]:
        started = asyncio.get_running_loop().time()
        tasks = {
            address: asyncio.create_task(_ask(address, url, options), name=address)
            for address, url in self.hosts.items()
        }
        brisk = [task for address, task in tasks.items() if address not in self._silent]
        try:
            if brisk:
                await asyncio.wait(brisk, timeout=ASK_SECONDS)
            is_found = self.best([task.result() for task in tasks.values() if task.done()]) is not None
            limit = SILENT_SECONDS if is_found else ASK_SECONDS
            left = max(0.0, started + limit - asyncio.get_running_loop().time())
            await asyncio.wait(tasks.values(), timeout=left)
        except BaseException:
            _give_up(tasks.values())
            raise
        late = {address for address, task in tasks.items() if not task.done()}
        self._silent = late | {a for a, task in tasks.items() if task.done() and task.result().error == "no answer"}
        _give_up(task for address, task in tasks.items() if address in late)
        return [
            Answer(address, error="no answer") if address in late else task.result() for address, task in tasks.items()
        ]

    def best(self, answers: Iterable[Answer]) -> Answer | None:
        """The primary with the highest timeline that is not below the highest ever seen."""
        fit = [answer for answer in answers if answer.timeline is not None and answer.timeline >= self.timeline]
        # Of equals max takes the first.
        return max(fit, key=lambda answer: (answer.timeline, answer.address == self.address), default=None)

    def _note(self, best: Answer) -> None:
        """This is the primary: whatever goes to another host, to which a lower timeline belongs, is ended."""
        assert best.timeline is not None
        is_newer = best.timeline > self.timeline
        if is_newer and self.timeline:
            words = "%s is the primary from here on, with timeline %d; it was %s, with %d"
            named = event("primary_changed", host=best.address, timeline=best.timeline, former_host=self.address)
            logger.warning(words, best.address, best.timeline, self.address, self.timeline, extra=named)
        self.timeline, self.address = best.timeline, best.address
        if is_newer:
            for connection, address in tuple(self._given.items()):
                if address != best.address:
                    connection.terminate()

    async def _look(self, address: str, looks: dict[str, asyncpg.Connection]) -> None:
        connection = looks.get(address)
        try:
            if connection is None or connection.is_closed():
                settings = {**SESSION_SETTINGS, "application_name": LOOK}
                connection = await asyncpg.connect(self.hosts[address], timeout=ASK_SECONDS, server_settings=settings)
                looks[address] = connection
            async with asyncio.timeout(ASK_SECONDS):
                timeline = await _ask_timeline(connection)
        except _ERRORS:
            self._drop(looks, address)
        else:
            if timeline is not None and timeline > self.timeline:
                self._note(Answer(address, timeline))

    def _drop(self, looks: dict[str, asyncpg.Connection], address: str) -> None:
        connection = looks.pop(address, None)
        if connection is not None:
            connection.terminate()


@cache
def primary_of(url: str) -> Primary:
    """The one object of this process for a URL: what one part of it has seen, all know."""
    return Primary(url)


def primary_url(url: str) -> str:
    """The URL of the primary alone, for what cannot choose itself; raises NoPrimaryError. Not to be called in a loop of
    asyncio. A URL with one host is returned as it is, and nobody is asked."""
    primary = primary_of(url)
    if len(primary.hosts) == 1:
        return url
    answers = asyncio.run(primary.ask())
    best = primary.best(answers)
    if best is None:
        raise NoPrimaryError(primary.complaint(answers))
    return primary.hosts[best.address]


def split_hosts(url: str) -> dict[str, str]:
    """A URL for each host that one names, by `host:port`; a URL with one host as it is.

    Hosts stand before the database's name or in the parameter `host`, as libpq has it (PostgreSQL's documentation,
    section 34.1.1): one port for all, or one for each.
    """
    scheme, authority, rest = split_authority(url)
    parts = urlsplit(f"{scheme}://hosts{rest}")
    parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
    account, at, places = authority.rpartition("@")
    hosts = (places or parameters.get("host", "")).split(",")
    if len(hosts) == 1:
        return {unquote(hosts[0]) or "localhost": url}
    ports = parameters.get("port", str(DEFAULT_PORT)).split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    query = urlencode(
        {name: value for name, value in parameters.items() if name not in _OUR_PARAMETERS}, quote_via=quote
    )
    urls = {}
    for host, port in zip(hosts, ports, strict=False):
        has_port = ":" in host.rpartition("]")[2]
        place = host if has_port else f"{quote(unquote(host), safe='[]:.')}:{port}"
        urls[unquote(place)] = parts._replace(netloc=f"{account}{at}{place}", query=query).geturl()
    return urls


async def _ask(address: str, url: str, options: dict[str, Any]) -> Answer:
    connection = None
    try:
        async with asyncio.timeout(ASK_SECONDS):
            connection = await asyncpg.connect(url, **options)
            return Answer(address, await _ask_timeline(connection), connection=connection)
    except BaseException as error:
        if connection is not None:
            connection.terminate()
        if not isinstance(error, _ERRORS):
            raise
        return Answer(address, error=describe(error))


async def _ask_timeline(connection: asyncpg.Connection) -> int | None:
    name: str | None = await connection.fetchval(ASK)
    return None if name is None else int(name[:8], 16)


def _give_up(tasks: Iterable["asyncio.Task[Answer]"]) -> None:
    """End what nobody waits for any more, and the connections that come of it all the same."""

    def close(task: "asyncio.Task[Answer]") -> None:
        with suppress(asyncio.CancelledError, Exception):
            connection = task.result().connection
            if connection is not None:
                connection.terminate()

    for task in tasks:
        task.cancel()
        task.add_done_callback(close)
