"""Services, containers and logins are called as in the original; data that was made under other names is taken over."""

from pathlib import Path

import psycopg2
import pytest

from edgechat.look.psql import find_psql
from harness.containers import Containers, run
from harness.people import People
from harness.statement import query

CONNECT = "import socket; [socket.create_connection(a, 5) for a in (('postgreshost', 5432), ('chathost', 4242))]"
WHO = "select current_user, current_database(), current_setting('is_superuser')"
OWNER = ("chatserviceusr", "chatservicedb", "off")
LOGINS = {
    "chatserviceusr:chatservicepwd chatservicedb": OWNER,
    "postgres:postgrespwd postgres": ("postgres", "postgres", "on"),
}
"""As `ACCOUNT DATABASE`: what the original's dbconfig.env has."""
FORMER = """
POSTGRES_HOST=postgreshost
POSTGRES_PORT=5432

POSTGRES_DB=postgres
POSTGRES_USER=postgres
POSTGRES_PASSWORD=postgres

DATABASE=edgechat
DBUSER=edgechat
DBPASSWORD=edgechat
"""
"""A settings file in the shape of the original's, with the names that were once the default."""
FORMER_LOGIN = "edgechat:edgechat edgechat"


def outside_url(containers: Containers, login: str) -> str:
    """Where a login goes to at the published port."""
    account, database = login.split()
    return f"postgresql://{account}@127.0.0.1:{containers.settings['POSTGRES_PUBLISH_PORT']}/{database}"


async def test_services_answer_to_the_original_names(containers: Containers) -> None:
    """Inside, under the names of the original's services."""
    await containers.compose("exec", "-T", "sports", "python", "-c", CONNECT)


async def test_containers_have_the_original_names(containers: Containers) -> None:
    """`docker logs chatroom` is the chat service's, `docker exec postgresql psql` the chat database's."""
    assert "serves ws://" in await run(["docker", "logs", containers.name("chatroom")], errors=True)
    for words in ((), ("-U", "chatserviceusr", "chatservicedb")):
        asked = await run(["docker", "exec", containers.name("postgresql"), "psql", *words, "-AtF,", "-c", WHO])
        assert asked == ",".join(OWNER) + "\n"
    for name in ("natsbroker", "executions", "sports"):
        assert await run(["docker", "inspect", "-f", "{{.State.Running}}", containers.name(name)]) == "true\n"


@pytest.mark.parametrize("login", LOGINS)
async def test_the_original_logins_work_from_outside(containers: Containers, login: str) -> None:
    """At the published port, by psycopg2 and by psql."""
    url = outside_url(containers, login)
    assert query(url, WHO) == [LOGINS[login]]
    assert await run([str(find_psql()), url, "-AtF,", "-c", WHO]) == ",".join(LOGINS[login]) + "\n"


async def test_a_restarted_database_is_the_same_for_all(containers: Containers, people: People) -> None:
    """`docker-compose restart postgreshost`, as the original's users did."""
    await containers.compose("restart", "postgreshost")
    await containers.wait_healthy()
    adam = await people.join(containers.port, "adam", 0)
    await adam.comment("still here")
    await adam.through("still here")


@pytest.mark.slow
async def test_data_of_former_names_goes_on(containers: Containers, people: People, tmp_path: Path) -> None:
    """A volume that a file given by --env-file named is used under today's defaults: same rows, seqs go on."""
    file = tmp_path / "dbconfig.env"
    file.write_text(FORMER)
    await containers.compose("down", "--volumes")
    await containers.compose("--env-file", str(file), "up", "-d")
    await containers.wait_healthy()
    adam = await people.join(containers.port, "adam", 0)
    await adam.comment("from before")
    before = (await adam.through("from before"))[-1].seq
    await adam.close()
    assert query(outside_url(containers, FORMER_LOGIN), WHO) == [("edgechat", "edgechat", "off")]

    await containers.compose("down")
    await containers.up()
    eve = await people.join(containers.port, "eve", 0, resume_after=before - 1)
    await eve.comment("now")
    heard = await eve.through("now")
    assert "from before" in [message.comment for message in heard]
    assert heard[-1].seq > before
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        query(outside_url(containers, FORMER_LOGIN), WHO)
