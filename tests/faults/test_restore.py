"""A dump taken while everything runs, restored as docs/deploy.md says."""

import subprocess
from pathlib import Path

import asyncpg
import pytest

from harness.parts import ROOT, Stack
from harness.people import People
from harness.publisher import Publisher
from harness.servers import PostgresServer
from harness.waiting import until
from proto.chatmessage_pb2 import COMMENT
from servers.nats import EmbeddedNats

COUNT_EVENTS = "select count(*), count(distinct data_event) from sport_event"
COUNT_REJECTS = "select count(*) from chat.feed_reject"
BATCH = 700
TAKEN_SECONDS = 30.0


def dump(server: PostgresServer, url: str, file: Path) -> None:
    """As the owner, with the database's own settings."""
    run(server, "pg_dump", "--create", "--format=custom", f"--file={file}", url)


def restore(server: PostgresServer, url: str, file: Path) -> None:
    """As the administrator, in the place of the database of that name; then as the owner."""
    target = f"--dbname={server.server.superuser_url}"
    run(server, "pg_restore", "--create", "--clean", "--exit-on-error", target, str(file))
    run(server, "psql", "--set=ON_ERROR_STOP=1", f"--file={ROOT / 'db' / 'restored.sql'}", url)


def run(server: PostgresServer, program: str, *arguments: str) -> None:
    """Run a program of the server's version; raises with what it printed if it fails."""
    path = server.server.install / "bin" / program
    done = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


async def wait_for_events(url: str, count: int) -> None:
    """Wait until that many events are stored, each of them once."""
    connection = await asyncpg.connect(url, timeout=30)
    try:

        async def are_stored() -> bool:
            return int(await connection.fetchval(COUNT_EVENTS)) >= count

        await until(are_stored, f"{count} events", TAKEN_SECONDS)
        row = await connection.fetchrow(COUNT_EVENTS)
        assert row is not None
        assert tuple(row) == (count, count)
        assert await connection.fetchval(COUNT_REJECTS) == 0
    finally:
        connection.terminate()


@pytest.mark.slow
async def test_a_dump_taken_under_load_is_restored_with_all_filters_and_rows(
    postgres: PostgresServer,
    database: str,
    nats_server: EmbeddedNats,
    feed_stack: Stack,
    people: People,
    tmp_path: Path,
) -> None:
    """Filters hold, feed rows since the dump come from the stream again, and who resumes is told of the rest."""
    publisher = Publisher(nats_server.url)
    bridge = await feed_stack.start_bridge()
    gateway = await feed_stack.start_gateway()
    adam = await people.join(gateway.port, "adam", 1)
    await adam.set_filter("sport = 3", "ALL")
    await adam.status("FILTERAPPLIED")
    await adam.comment("kept")
    await adam.through("kept")
    await publisher.send(BATCH)
    await wait_for_events(database, BATCH)
    dump(postgres, database, tmp_path / "dump")
    await publisher.send(BATCH)
    await wait_for_events(database, 2 * BATCH)
    await adam.comment("lost")
    last = (await adam.through("lost"))[-1].seq
    bridge.stop()
    gateway.part.stop()

    restore(postgres, database, tmp_path / "dump")
    gateway = await feed_stack.start_gateway()
    await feed_stack.start_bridge()
    await wait_for_events(database, 2 * BATCH)
    eve = await people.join(gateway.port, "eve", 1, resume_after=last)
    assert eve.joined.sport_filter == "sport = 3"
    gone = (await eve.status("HISTORY_TRUNCATED")).seq
    assert gone > last
    await eve.comment("now")
    heard = await eve.through("now")
    assert "lost" not in [message.comment for message in heard if message.mtype == COMMENT]
    assert heard[0].seq == gone + 1
    await publisher.send(7)
    assert [message.eventmsg.sport for message in await eve.feed(1)] == [3]
