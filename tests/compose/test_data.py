"""`docker-compose down` and `up`: what was said and stored is still there."""

import asyncpg
import pytest

from harness.containers import Containers
from harness.people import People
from proto.chatmessage_pb2 import COMMENT

NEWEST_EVENT = "select max(sport_event_id) from sport_event"


@pytest.mark.slow
async def test_data_outlives_down_and_up(containers: Containers, people: People) -> None:
    """New containers on the old volumes: comments can be read again, and feed rows go on from where they were."""
    adam = await people.join(containers.port, "adam", 0)
    for number in range(3):
        await adam.comment(f"remember {number}")
    await adam.through("remember 2")
    await adam.close()
    connection = await asyncpg.connect(containers.database_url)
    newest = await connection.fetchval(NEWEST_EVENT)
    await connection.close()

    await containers.compose("down")
    assert await containers.containers() == []
    await containers.up()

    eve = await people.join(containers.port, "eve", 0, resume_after=0)
    await eve.comment("now")
    said = [message.comment for message in await eve.through("now") if message.mtype == COMMENT]
    assert said[-4:] == ["remember 0", "remember 1", "remember 2", "now"]
    connection = await asyncpg.connect(containers.database_url)
    assert await connection.fetchval(NEWEST_EVENT) > newest
    await connection.close()
