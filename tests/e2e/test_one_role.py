"""A server of one's own, before and after its administrator has made the roles: everything works, and status tells."""

import logging
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

import db.apply
from harness.parts import ROOT, Stack
from harness.people import People
from harness.servers import running_postgres

SHARED = "one role for all parts"
WHO = ("psql", "-Atc", "select current_user")


async def test_one_role_does_everything_until_there_are_more(
    people: People, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The owner may make no roles. What an administrator is told to run is enough, with one more migration."""
    with running_postgres(16) as postgres:
        administrator = postgres.server.superuser_url
        _run(administrator, "create role alone login password 'a secret'", "create database alone owner alone")
        place = administrator.partition("@")[2].partition("/")[0]
        url = f"postgresql://alone:a%20secret@{place}/alone"
        stack = Stack(url, None, tmp_path)
        try:
            with caplog.at_level(logging.WARNING):
                db.apply.migrate(url)
            assert "run `psql -d alone -f db/roles.sql`, and then run `edgechat migrate` again" in caplog.text
            assert SHARED in (await stack.ask("status"))[1]
            assert (await stack.ask(*WHO)) == (0, "alone\n")
            gateway = await stack.start_gateway()
            adam = await people.join(gateway.port, "adam")
            await adam.comment("hello")
            await adam.through("hello")

            _run(f"{administrator.rpartition('/')[0]}/alone", (ROOT / "db" / "roles.sql").read_text())
            db.apply.migrate(url)
            assert SHARED not in (await stack.ask("status"))[1]
            assert (await stack.ask(*WHO)) == (0, "alone_inspector\n")
            await adam.comment("still here")
            await adam.through("still here")
        finally:
            await people.leave()
            stack.stop()


def _run(url: str, *statements: str) -> None:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for statement in statements:
            cursor.execute(statement)
