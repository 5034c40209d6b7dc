"""`edgechat up` and the logins of its Postgres: the original's, and data that was made under former names."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest

import db.apply
from edgechat.look.psql import find_psql
from harness.servers import temporary_directory
from harness.up import Up
from runtime.settings import Administrator
from servers.postgres import EmbeddedPostgres

WHO = "select current_user, current_database(), current_setting('is_superuser')"
OWNER = ("chatserviceusr", "chatservicedb", "off")
ADMINISTRATOR = {"POSTGRES_DB": "base", "POSTGRES_USER": "root", "POSTGRES_PASSWORD": "it's secret"}
FORMER = ("edgechat", "edgechat", "edgechat")


@pytest.fixture
def up() -> Iterator[Up]:
    """Not started yet, without rows; ended with the test."""
    with temporary_directory() as directory:
        up = Up(directory)
        up.environ |= {"EVENT_RATE": "0", "EXECUTION_RATE": "0"}
        try:
            yield up
        finally:
            up.clear()


def ask(port: str, user: str, password: str, database: str) -> tuple[str, ...]:
    """Who one is after a login by psycopg2."""
    login = psycopg2.connect(host="127.0.0.1", port=port, user=user, password=password, dbname=database)
    with closing(login) as connection, connection.cursor() as cursor:
        cursor.execute(WHO)
        who: tuple[str, ...] = cursor.fetchone()
        return who


def test_the_original_login_works(up: Up) -> None:
    """By psycopg2 and by psql; the screen tells it. An administrator is there only if one was asked for."""
    up.start()
    port = up.environ["POSTGRES_PORT"]
    assert f"postgresql://chatserviceusr@127.0.0.1:{port}/chatservicedb, password chatservicepwd" in up.output
    assert ask(port, "chatserviceusr", "chatservicepwd", "chatservicedb") == OWNER
    url = f"postgresql://chatserviceusr:chatservicepwd@127.0.0.1:{port}/chatservicedb"
    shown = subprocess.run([find_psql(), url, "-AtF,", "-c", WHO], capture_output=True, text=True, timeout=60)
    assert shown.stdout == ",".join(OWNER) + "\n", shown.stderr
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        ask(port, "postgres", "postgrespwd", "postgres")


def test_an_administrator_is_made_and_kept_up_to_date(up: Up) -> None:
    """With the three names of the original's settings; another password counts from the next start."""
    port = up.environ["POSTGRES_PORT"]
    for password in (ADMINISTRATOR["POSTGRES_PASSWORD"], "another"):
        up.environ |= ADMINISTRATOR | {"POSTGRES_PASSWORD": password}
        child = up.start()
        assert ask(port, "root", password, "base") == ("root", "base", "on")
        assert ask(port, "chatserviceusr", "chatservicepwd", "chatservicedb") == OWNER
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 0


@pytest.mark.parametrize(
    "given",
    [
        {},
        pytest.param({"DATABASE": "edgechat", "DBUSER": "edgechat", "DBPASSWORD": "edgechat"}, marks=pytest.mark.slow),
    ],
)
def test_data_of_former_names_goes_on(up: Up, given: dict[str, str]) -> None:
    """Role and database get today's names, and the data is theirs; whoever asks for the former names keeps them."""
    port = up.environ["POSTGRES_PORT"]
    server = EmbeddedPostgres(
        up.home / "postgres", int(port), durable=False, user=FORMER[0], password=FORMER[1], database=FORMER[2]
    )
    server.start()
    url = server.url("edgechat")
    db.apply.migrate(url)
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("insert into public.sport_event values (1, 1600000000, 3, 'kept', 'kept')")
    server.stop()

    up.environ |= given
    up.start()
    kept = up.run("psql", "-AtF,", "-c", "select match_title, session_user, current_user from sport_event")
    owner = given.get("DBUSER", "chatserviceusr")
    assert kept.stdout == f"kept,{owner},{owner}_inspector\n", kept.stderr
    if given:
        assert ask(port, *FORMER) == ("edgechat", "edgechat", "off")
    else:
        assert ask(port, "chatserviceusr", "chatservicepwd", "chatservicedb") == OWNER
        with pytest.raises(psycopg2.OperationalError):
            ask(port, *FORMER)


def test_former_names_are_left_to_whoever_has_both(up: Up) -> None:
    """Somebody made a database of today's name beside the former one: both stay, and belong to the role."""
    port = int(up.environ["POSTGRES_PORT"])
    former = EmbeddedPostgres(up.home / "postgres", port, durable=False, user="edgechat", password="edgechat")
    former.start()
    former.create_database("edgechat")
    former.create_database("chatservicedb")
    former.stop()
    server = EmbeddedPostgres(
        up.home / "postgres", port, durable=False, database="chatservicedb", administrator=Administrator("a", "b", "c")
    )
    server.start()
    try:
        # The role has today's name, and owns what it owned.
        assert ask(str(port), "chatserviceusr", "chatservicepwd", "edgechat")[1] == "edgechat"
        assert ask(str(port), "chatserviceusr", "chatservicepwd", "chatservicedb") == OWNER
        assert ask(str(port), "b", "c", "a") == ("b", "a", "on")
    finally:
        server.stop()
