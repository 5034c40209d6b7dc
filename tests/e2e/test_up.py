"""`edgechat up`: everything from one command, and nothing left of it afterwards, whatever ends it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from harness.servers import PostgresServer, temporary_directory
from harness.up import Up
from servers.postgres import EmbeddedPostgres

SLOW_BRIDGE = """
import time
if "\\0bridge\\0" in open("/proc/self/cmdline").read():
    time.sleep(3)
"""
COUNT_EVENTS = "select count(*) from feed.sport_event"


@pytest.fixture
def up() -> Iterator[Up]:
    """Not started yet; ended with the test."""
    with temporary_directory() as directory:
        up = Up(directory)
        try:
            yield up
        finally:
            up.clear()


def test_one_command_starts_everything_and_sigterm_stops_it(up: Up) -> None:
    """Status tells that all is up, rows flow; after SIGTERM nothing runs, and the next start still has the rows."""
    child = up.start()
    for line in ("chatsimulator adam --roomid 3 --filter True", "psql", "status", "Ctrl-C"):
        assert line in up.output
    status = up.run("status")
    assert status.returncode == 0, status.stdout
    assert "DOWN" not in status.stdout
    for part in ("postgres", "nats", "gateway", "bridge", "feed-sports", "feed-executions"):
        assert re.search(rf"(?m)^{part} +up ", status.stdout), status.stdout
    deadline = time.monotonic() + 60
    while not up.query(COUNT_EVENTS):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    kept = up.query(COUNT_EVENTS)

    child.send_signal(signal.SIGTERM)
    # Promised are 5 s; more than that is this machine's fault, much more is ours.
    assert child.wait(20) == 0
    assert up.processes() == []
    assert up.run("status").returncode == 1

    child = up.start()
    assert up.query(COUNT_EVENTS) >= kept
    child.send_signal(signal.SIGINT)
    assert child.wait(20) == 0
    assert up.processes() == []


def test_ctrl_c_in_a_terminal_stops_it_once(up: Up) -> None:
    """The terminal signals the whole foreground group; the parts must hear of it from `up` only, in order."""
    child = up.start()
    assert {os.getpgid(up.part_pid(part)) for part in ("postgres", "nats", "bridge", "gateway")}.isdisjoint({child.pid})
    os.killpg(child.pid, signal.SIGINT)
    os.killpg(child.pid, signal.SIGINT)
    assert child.wait(20) == 0
    assert up.processes() == []
    assert "Traceback" not in up.output


def test_sigterm_while_starting_leaves_nothing(up: Up) -> None:
    """Also in the middle of making the database, and the next start is none the worse for it."""
    for moment in ("starting PostgreSQL", "bringing the database"):
        child = up.launch()
        up.wait_for(moment, child=child)
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 0
        assert up.processes() == []
    up.start()


def test_a_second_one_is_refused(up: Up) -> None:
    """One line names the running process; that one is not disturbed."""
    child = up.start()
    second = up.run("up")
    assert second.returncode == 1
    assert len(second.stderr.splitlines()) == 1
    assert f"already running in {up.home} (process {child.pid})" in second.stderr
    assert up.run("status").returncode == 0


@pytest.mark.parametrize("variable", ["POSTGRES_PORT", "NATS_PORT", "CONTAINER_PORT"])
def test_a_taken_port_is_named(up: Up, variable: str) -> None:
    """One line says which port, who needs it, and which variable moves it; nothing stays behind."""
    with socket.create_server(("127.0.0.1", int(up.environ[variable]))):
        refused = up.run("up")
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert re.search(rf"port {up.environ[variable]} on 127.0.0.1 is taken.*{variable}=", refused.stderr), refused.stderr
    assert up.processes() == []


@pytest.mark.parametrize("home", ["below a file", "/proc/edgechat"])
def test_a_home_that_cannot_be_written_is_named(up: Up, home: str, tmp_path: Path) -> None:
    """One line says where and what to do; also root cannot write to these."""
    (tmp_path / "file").touch()
    where = str(tmp_path / "file" / "home") if home == "below a file" else home
    refused = up.run("--home", where, "up")
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert f"cannot keep data in {where}" in refused.stderr
    assert "EDGECHAT_HOME" in refused.stderr


def test_a_wrong_setting_is_named(up: Up) -> None:
    """Before anything is started."""
    up.environ["EVENT_RATE"] = "fast"
    refused = up.run("up")
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        "edgechat: EVENT_RATE is 'fast'; it must be messages per second, from 0 (silent) to 1000000"
    ]


def test_kill_9_does_not_stop_the_next_start(up: Up) -> None:
    """With the former servers still there or not; the rows are kept."""
    for _ in range(2):
        child = up.start()
        child.kill()
        child.wait()
    # Nobody shut these down: as if the kernel could not tie them to their parent.
    child = up.start()
    frozen = [up.part_pid(part) for part in ("nats", "bridge", "feed-sports")]
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    child.kill()
    child.wait()
    child = up.start()
    assert not set(frozen) & {up.part_pid(part) for part in ("nats", "bridge", "feed-sports")}
    assert up.run("status").returncode == 0
    child.send_signal(signal.SIGTERM)
    assert child.wait(20) == 0
    assert up.processes() == []


@pytest.mark.slow
def test_a_stale_pid_of_somebody_else_does_no_harm(up: Up) -> None:
    """Process ids are given again, most of all in containers: ours then names a stranger, who must not be touched."""
    child = up.start()
    child.send_signal(signal.SIGTERM)
    assert child.wait(20) == 0
    stranger = subprocess.Popen(["sleep", "600"])
    try:
        for file in ("run/bridge.pid", "run/gateway.pid", "nats/nats-server.pid", "postgres/postmaster.pid"):
            (up.home / file).write_text(f"{stranger.pid}\n{up.home / 'postgres'}\n1\n1\n\n\n  1 1\n")
        up.start()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.slow
def test_what_dies_is_started_again(up: Up) -> None:
    """Parts and servers alike, with a line for each, and rows flow again."""
    up.start()
    names = ("bridge", "gateway", "feed-sports", "feed-executions", "nats", "postgres")
    before = {name: up.part_pid(name) for name in names}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    for name in names:
        up.wait_for(f"{name} was ended by SIGKILL; starting it again in 1 s")
        up.wait_for(f"{name} is back")
        assert up.part_pid(name) != before[name]
    assert up.run("status").returncode == 0
    stored = up.query(COUNT_EVENTS)
    deadline = time.monotonic() + 60
    while up.query(COUNT_EVENTS) <= stored:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_part_that_cannot_run_stops_everything(up: Up, tmp_path: Path) -> None:
    """Its last words are the reason, and the exit status is not 0; also where it takes long to get so far."""
    up.environ["CONTAINER_HOST"] = "192.0.2.1"  # Nobody's address.
    refused = up.run("up")
    assert refused.returncode == 1
    assert "the gateway cannot listen on 192.0.2.1" in refused.stderr

    up.environ["CONTAINER_HOST"] = "127.0.0.1"
    up.environ["EVENT_TOPIC"] = up.environ["EXECUTION_TOPIC"] = "same"
    (tmp_path / "sitecustomize.py").write_text(SLOW_BRIDGE)
    up.environ["PYTHONPATH"] = f"{tmp_path}:{up.environ.get('PYTHONPATH', '')}"
    refused = up.run("up")
    assert refused.returncode == 1
    assert "bridge ended 3 times before it was ready" in refused.stderr
    assert "same" in refused.stderr
    assert up.processes() == []


def test_it_can_follow_its_parent(up: Up) -> None:
    """make passes SIGTERM on, but has no time for that when it is killed."""
    command = f"'{sys.executable}' -m edgechat up --with-parent & wait"
    shell = up.start("/bin/sh", "-c", command)
    shell.kill()
    shell.wait()
    up.wait_for("stopped; the data is kept")
    up.wait_for_end()


def test_a_database_from_outside_is_used(up: Up, postgres: PostgresServer, empty_database: str) -> None:
    """It is brought up to date and gets the rows; no embedded server is started."""
    up.environ["DATABASE_URL"] = empty_database
    child = up.start()
    assert not (up.home / "postgres").exists()
    assert up.run("status").returncode == 0
    shown = up.run("psql", "-At", "-c", "select count(*) from room")
    assert shown.stdout == "5\n", shown.stderr
    child.send_signal(signal.SIGTERM)
    assert child.wait(20) == 0


def test_psql_shows_the_tables_by_name(up: Up) -> None:
    """The original's as views, those of chat and room_filter without their schema, and arguments passed on."""
    up.environ["EVENT_RATE"] = up.environ["EXECUTION_RATE"] = "0"
    up.start()
    views = up.run("psql", "-At", "-c", r"\dv")
    for name in ("sport_event", "execution", "chat_event"):
        assert f"public|{name}|view|chatserviceusr" in views.stdout, views.stderr
    assert "chat|room_filters|view|chatserviceusr" in views.stdout
    tables = up.run("psql", "-At", "-c", r"\dt")
    assert "chat|room_log|partitioned table|chatserviceusr" in tables.stdout, tables.stderr
    view = up.run("psql", "-At", "-c", "select * from room_3_execution limit 5")
    assert (view.returncode, view.stdout) == (0, ""), view.stderr
    superuser = up.run("psql", "-At", "-c", "select current_setting('is_superuser')")
    assert superuser.stdout == "off\n"


@pytest.mark.slow
def test_a_killed_migration_does_not_block_the_next_one(up: Up) -> None:
    """yoyo's lock is a row that outlives its process."""
    child = up.start()
    child.send_signal(signal.SIGTERM)
    assert child.wait(20) == 0
    dead = subprocess.Popen(["true"])
    dead.wait()
    server = EmbeddedPostgres(up.home / "postgres", int(up.environ["POSTGRES_PORT"]), durable=False)
    server.start()
    connection = psycopg2.connect(up.database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("insert into public.yoyo_lock (locked, ctime, pid) values (1, now(), %s)", (dead.pid,))
    connection.close()
    server.stop()
    up.start()


def test_parts_name_what_they_cannot_reach(up: Up) -> None:
    """One line, and an exit status that is not 0."""
    for command in (["migrate"], ["gateway"]):
        failed = up.run(*command)
        assert failed.returncode == 1
        assert f"edgechat {command[0]}: " in failed.stderr
        assert up.environ["POSTGRES_PORT"] in failed.stderr
        assert "Traceback" not in failed.stderr


def test_the_lock_tells_who_holds_it(up: Up) -> None:
    """For scripts: a JSON object with the process id and the parts."""
    child = up.start(sys.executable, "-m", "edgechat", "up", "--no-feeds")
    assert json.loads((up.home / "lock").read_text()) == {"pid": child.pid, "parts": ["bridge", "gateway"]}
    assert up.run("status").returncode == 0


def test_what_is_kept_is_changed_and_shown(up: Up) -> None:
    """`feed keep` sets a feed's limits, and says what is allowed; `feed show` and `status` tell what is kept."""
    up.environ["EVENT_RATE"] = up.environ["EXECUTION_RATE"] = "0"
    up.start()
    kept = up.run("feed", "keep", "execution", "--for", "30 days", "--size", "2GB")
    assert kept.stdout == "rows of execution are kept for 30 days, at most 2048 MB\n", kept.stderr
    assert " kept for 30 days, at most 2048 MB" in up.run("feed", "show", "execution").stdout
    refused = up.run("feed", "keep", "execution", "--for", "soon")
    assert refused.returncode != 0
    assert "a time is written 7 days, 12 hours or ever" in refused.stderr
    assert re.search(r"(?m)^kept +up .*\d (kB|MB)", up.run("status").stdout)
