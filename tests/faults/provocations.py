"""How a Postgres that lives is kept from doing its work, for the time of a block."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path

import asyncpg

from faults.world import World
from harness.servers import revive
from runtime.primary import primary_of

DISK_BYTES = 2 * 2**20
QUEUE_SETTING = "max_notify_queue_pages"
QUEUE_PAGES = 64
"""The fewest that Postgres takes: half a megabyte, less than a batch of the bridge may announce."""
GROWING_TABLES = ("chat.chat_event", "feed.execution", "feed.sport_event", "chat.room_log")
PARTS = "select part::text from chat.partition where table_name::text = any ($1)"
CALLED = ("post_comments", "run_chores")
HOLDERS = """
select case when a.grantee = 0 then 'public' else a.grantee::regrole::text end
from pg_proc as p cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
where p.pronamespace = 'chat'::regnamespace and p.proname = $1
"""
END_SESSIONS = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
"""
REFUSE_AS_FULL = """
create function public.refuse_as_full() returns trigger language plpgsql as
$$ begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$
"""
FILL_QUEUE = "select pg_notify('filler', repeat('x', 7000))"
STUFF_QUEUE = "select pg_notify('filler', n || repeat('x', 7000)) from generate_series(1, 2000) as n"
MOVE_TAIL = "select pg_notification_queue_usage()"


Provocation = Callable[[World], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def superuser(world: World) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may do all, in the world's database."""
    account = world.postgres.server.superuser_url.rpartition("/")[0]
    connection = await asyncpg.connect(f"{account}/{world.stack.database_url.rpartition('/')[2]}")
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def queue_of(world: World, pages: int | None) -> AsyncIterator[None]:
    """A queue of notifications of so many pages, which takes a restart of the server; None leaves it as it is."""
    if pages is None:
        yield
        return
    server = world.postgres.server
    server.settings[QUEUE_SETTING] = str(pages)
    await asyncio.to_thread(_restart, world)
    try:
        yield
    finally:
        del server.settings[QUEUE_SETTING]
        await asyncio.to_thread(_restart, world)


def _restart(world: World) -> None:
    world.postgres.server.stop()
    revive(world.postgres.server)


@asynccontextmanager
async def read_only(world: World) -> AsyncIterator[None]:
    """As in the first seconds of a failover: connections stay, nothing can be written."""
    await _set_read_only(world, "on")
    try:
        yield
    finally:
        await _set_read_only(world, "off")


async def _set_read_only(world: World, value: str) -> None:
    async with superuser(world) as connection:
        await connection.execute("set transaction_read_only = off")
        await connection.execute(f"alter system set default_transaction_read_only = {value}")
        await connection.execute("select pg_reload_conf()")


@asynccontextmanager
async def disk_full(world: World) -> AsyncIterator[None]:
    """The tables that grow are on a disk of two megabytes. Where we may mount none, they refuse as they would then."""
    async with _small_disk(world) if os.geteuid() == 0 else tables_full(world):
        yield


@asynccontextmanager
async def tables_full(world: World) -> AsyncIterator[None]:
    """The tables that grow refuse every row as they do on a full disk."""
    async with superuser(world) as connection:
        await connection.execute(REFUSE_AS_FULL)
        for table in GROWING_TABLES:
            await connection.execute(
                f"create trigger refuse_as_full before insert on {table} execute function public.refuse_as_full()"
            )
        try:
            yield
        finally:
            await connection.execute("drop function public.refuse_as_full() cascade")


@asynccontextmanager
async def _small_disk(world: World) -> AsyncIterator[None]:
    async with superuser(world) as connection, _moved_to_small_disk(world, connection):
        yield


@asynccontextmanager
async def _moved_to_small_disk(world: World, connection: asyncpg.Connection) -> AsyncIterator[None]:
    with _mounted(world.postgres.server.data_dir) as disk:
        await connection.execute(f"create tablespace small location '{disk / 'space'}'")
        await _move(connection, "small")
        ballast = disk / "ballast"
        _fill(ballast)
        try:
            yield
        finally:
            _remove(ballast)
            await _move(connection, "pg_default")
            await connection.execute("checkpoint")
            await connection.execute("drop tablespace small")


@contextmanager
def _mounted(data: Path) -> Iterator[Path]:
    """A small disk beside the server's data, with a folder on it that belongs to the server's user."""
    disk = data.with_name("disk")
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", disk], check=True)
    try:
        (disk / "space").mkdir()
        os.chown(disk / "space", data.stat().st_uid, data.stat().st_gid)
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)
        disk.rmdir()


def _fill(ballast: Path) -> None:
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def _remove(ballast: Path) -> None:
    ballast.unlink()


async def _move(connection: asyncpg.Connection, tablespace: str) -> None:
    for (part,) in await connection.fetch(PARTS, GROWING_TABLES):
        await connection.execute(f"alter table {part} set tablespace {tablespace}")


@asynccontextmanager
async def queue_full(world: World) -> AsyncIterator[None]:
    """Somebody listens and sits in a transaction, and the queue is full; after that somebody says more than it takes.

    What was not taken then stays in the queue, and wakes nobody who would read on.
    """
    settings = {"application_name": "somebody"}
    primary = primary_of(world.stack.database_url)
    blocker = await primary.connect(server_settings=settings)
    filler = await primary.connect()
    try:
        await blocker.execute("listen something")
        await blocker.execute("begin; select 1")
        with suppress(asyncpg.ProgramLimitExceededError):
            while True:
                await filler.execute(FILL_QUEUE)
        yield
        await blocker.close()
        with suppress(asyncpg.ProgramLimitExceededError):
            await filler.fetch(MOVE_TAIL)
            await filler.execute(STUFF_QUEUE)
            raise AssertionError("it all went into the queue")
    finally:
        blocker.terminate()
        filler.terminate()


@asynccontextmanager
async def no_connections(world: World) -> AsyncIterator[None]:
    """The role has as many connections as it may, and ours were ended."""
    role = world.postgres.server.user
    async with superuser(world) as connection:
        await connection.execute(f"alter role {role} connection limit 0")
        await connection.execute(END_SESSIONS)
        try:
            yield
        finally:
            await connection.execute(f"alter role {role} connection limit -1")


@asynccontextmanager
async def missing_grant(world: World) -> AsyncIterator[None]:
    """Nobody may call what posts comments and what looks for dead gateways."""
    async with superuser(world) as connection:
        holders = [
            f"on function chat.{function} %s {holder}"
            for function in CALLED
            for (holder,) in await connection.fetch(HOLDERS, function)
        ]
        for each in holders:
            await connection.execute(f"revoke execute {each % 'from'}")
        try:
            yield
        finally:
            for each in holders:
                await connection.execute(f"grant execute {each % 'to'}")


@asynccontextmanager
async def missing_function(world: World) -> AsyncIterator[None]:
    """What posts comments and what looks for dead gateways is not there."""
    async with superuser(world) as connection:
        for function in CALLED:
            await connection.execute(f"alter function chat.{function} rename to {function}_gone")
        try:
            yield
        finally:
            for function in CALLED:
                await connection.execute(f"alter function chat.{function}_gone rename to {function}")
