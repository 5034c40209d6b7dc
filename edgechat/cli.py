"""The command line: `edgechat` or `python -m edgechat`.

Exit status: 0 done, or stopped by a signal; 1 it could not be done, and one line on stderr says why; 2 wrong arguments.

Each command imports what it needs and no more: none waits for, or fails with, what only another one needs. `up` and
`psql` need wheels that a container does not have; `health` runs every few seconds.
"""

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from edgechat.home import Home, numbered
from edgechat.parser import make_parser
from runtime.errors import StackError
from runtime.logs import event, start_logging
from runtime.remedy import describe
from runtime.secret import hide
from runtime.setting_values import SettingError
from runtime.settings import Settings, load

NAMED_ERRORS = ("asyncpg", "nats", "psycopg2", "bridge", "gateway", "feedsim", "db", "edgechat", "runtime", "servers")
"""Packages whose exceptions tell a person what is wrong; any other exception is a bug and is logged with its stack."""
OF_ALL_SERVERS = ("migrate", "status", "feed", "server", "top", "psql")
"""Where SERVER_MAP is not set, these look for the map of an `edgechat up` that runs here with several servers."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    parser = make_parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command != "psql":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    options.words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(options, rest, load())
    except KeyboardInterrupt:
        return 130
    except (SettingError, StackError) as error:
        print(hide(f"edgechat: {error}"), file=sys.stderr)
    except Exception as error:
        if not _is_named(error):
            named = event("fault", command=options.command)
            logging.getLogger("edgechat").exception("%s: a bug", options.command, extra=named)
        print(hide(f"edgechat {options.command}: {_in_words(error)}"), file=sys.stderr)
    return 1


def _is_named(error: BaseException) -> bool:
    """True if the error's text is for the person who started the part."""
    return isinstance(error, OSError) or type(error).__module__.split(".")[0] in NAMED_ERRORS


def _in_words(error: Exception) -> str:
    """What is wrong, and which servers were meant where the error does not say: uvloop's OSErrors have no address."""
    if not isinstance(error, OSError):
        return describe(error)
    from edgechat.look.screen import public_url, public_urls

    settings = load()
    servers = f"the database is {public_url(settings.database_url)}, NATS is {public_urls(settings.nats_servers())}"
    return f"{str(error).strip() or repr(error)} ({servers})"


def _run(options: argparse.Namespace, rest: Sequence[str], settings: Settings) -> int:
    home = Home(Path(options.home))
    if options.command in OF_ALL_SERVERS and settings.server_map is None and not settings.database_is_external:
        settings = replace(settings, server_map=home.find_map())
    match options.command:
        case "up":
            _run_up(options, settings, home)
        case "migrate":
            _migrate(settings)
        case "status":
            return _status(options, settings, home)
        case "health":
            from edgechat.look.health import check

            if words := check(options.part, settings, home):
                print(hide(words))
        case "feed":
            from edgechat.feed.commands import run as run_feed_command

            print(run_feed_command(options, settings))
        case "server":
            from edgechat.server.commands import run as run_server_command

            return 0 if run_server_command(options, settings) else 1
        case "top":
            from edgechat.top.command import run_top

            server, url = _choose(options, settings)
            of_server = replace(settings, database_url=url)
            run_top(of_server, options.interval, options.once, options.json, not options.no_cost, server or None)
        case "token":
            from edgechat.tokens import run as run_token_command

            print(run_token_command(options, settings.access))
        case "psql":
            from edgechat.look.psql import open_psql

            is_chosen = options.server is not None or options.room is not None
            open_psql(_choose(options, settings)[1] if is_chosen else settings.database_url, rest, options.part)
        case part:
            start_logging(_name(options), settings.monitor.log_format)
            _run_part(part, options, settings, home)
    return 0


def _status(options: argparse.Namespace, settings: Settings, home: Home) -> int:
    from edgechat.look.status import report

    if settings.server_map is None:
        text, is_up = report(settings, home, options.json)
    else:
        from edgechat.server.reporting import look_at_servers

        text, is_up = report(settings, home, options.json, look_at_servers(settings))
    print(hide(text))
    return 0 if is_up else 1


def _choose(options: argparse.Namespace, settings: Settings) -> tuple[str, str]:
    """The name and the URL of the server that a command is about; no name where there is one only."""
    if settings.server_map is None and options.server is None:  # Without what reads the map.
        return "", settings.database_url
    from edgechat.server.choosing import choose

    return choose(settings, options.server, getattr(options, "room", None))


def _run_up(options: argparse.Namespace, settings: Settings, home: Home) -> None:
    try:
        from edgechat.run.up import run_up
    except ModuleNotFoundError as error:
        raise StackError(f"{error.name} is not installed; `up` needs: pip install 'edge-chatroom[embedded]'") from None
    settings = replace(settings, servers=options.servers or settings.servers)
    run_up(settings, home, feeds=not options.no_feeds, quiet=options.quiet, with_parent=options.with_parent)


def _migrate(settings: Settings) -> None:
    start_logging("migrate", settings.monitor.log_format)
    # SIGTERM unwinds the stack as Ctrl-C does, so that yoyo's lock is released.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if settings.server_map is None:
        from db.apply import migrate

        return migrate(settings.database_url)
    from edgechat.server.migrating import migrate_all

    migrate_all(settings)


def _run_part(part: str, options: argparse.Namespace, settings: Settings, home: Home) -> None:
    from runtime import runner

    if part == "bridge":
        from bridge.main import run as run_bridge

        monitor = replace(settings.monitor, bridge_port=settings.monitor.bridge_port_of(options.number))
        of_bridge = replace(settings, monitor=monitor)
        runner.run_until_stopped(_name(options), home.reports, lambda: run_bridge(of_bridge))
    elif part == "gateway":
        _run_gateway(options, settings, home)
    else:
        from feedsim.publisher import run as run_feed

        runner.run_until_stopped(_name(options), home.reports, lambda: run_feed(settings, options.feed))


def _name(options: argparse.Namespace) -> str:
    """What a part is called in logs and reports."""
    match options.command:
        case "simulate":
            return f"feed-{options.feed}"
        case "bridge":
            return numbered("bridge", options.number)
    return str(options.command)


def _run_gateway(options: argparse.Namespace, settings: Settings, home: Home) -> None:
    workers = options.workers or settings.gateway_workers
    if workers > 1 and options.worker is None:
        from edgechat.run.workers import run_workers

        return run_workers(settings, workers, home)
    from gateway.main import run as run_gateway
    from runtime import runner

    runner.run_until_stopped("gateway", home.reports, lambda: run_gateway(settings, options.worker))
