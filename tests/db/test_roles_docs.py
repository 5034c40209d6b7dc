"""Each line of the table in docs/roles.md, tried by the role itself: what it may do, and what it must not."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from db.grants import PARTS
from harness.rooms import Rooms
from harness.servers import PostgresServer

DOCUMENT = Path(__file__).parents[2] / "docs" / "roles.md"
LINE = re.compile(r"^\| (\w+) \| `(.+)` \| (allowed|\d{5}) \|$", re.MULTILINE)
TRIED = LINE.findall(DOCUMENT.read_text())

pytestmark = pytest.mark.parametrize("postgres_version", [18, 16])


@pytest.mark.parametrize("part", [*PARTS, "owner"])
async def test_each_line_comes_out_as_written(postgres: PostgresServer, database: str, rooms: Rooms, part: str) -> None:
    """One transaction for each, which is rolled back."""
    await rooms.open(4, 4)
    name = urlsplit(database).path.lstrip("/")
    connection = psycopg2.connect(database if part == "owner" else postgres.server.part_url(part, name))
    try:
        lines = [(statement, outcome) for role, statement, outcome in TRIED if role == part]
        came_out = [(statement, _try(connection, statement)) for statement, _ in lines]
    finally:
        connection.close()
    assert [both for both in zip(came_out, lines, strict=True) if both[0] != both[1]] == []
    assert {outcome == "allowed" for _, outcome in lines} == {True, False}


def _try(connection: "psycopg2.extensions.connection", statement: str) -> str:
    """`allowed`, or the SQLSTATE."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except psycopg2.Error as error:
        return str(error.pgcode)
    else:
        return "allowed"
    finally:
        connection.rollback()
