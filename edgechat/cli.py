"""The command line: `edgechat` or `python -m edgechat`.

Exit status: 0 done, or stopped by a signal; 1 it could not be done, and one line on stderr says why; 2 wrong arguments.
"""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from edgechat.run.home import Home, home_path
from runtime import runner
from runtime.errors import StackError
from runtime.settings import MAX_WORKERS, SettingError, Settings, load

DESCRIPTION = """\
Chat rooms over WebSockets whose members also watch live feeds, filtered row by row by Postgres.
`edgechat up` starts everything; the other commands start or ask one part.
"""
EPILOG = """\
settings, from the environment:
  NUM_CHATROOMS (5), MAX_NUMUSERS ([4], or one a room: [4,3,5,4,2])   rooms and how many users each takes
  EVENT_RATE (20), EXECUTION_RATE (5)                                 feed messages a second; 0 is silent
  CONTAINER_HOST (127.0.0.1), CONTAINER_PORT (4242)                   where the gateway listens
  GATEWAY_WORKERS (1)                                                 gateway processes on that port
  POSTGRES_PORT (5444), NATS_PORT (4222)                              where the embedded servers listen
  DATABASE, DBUSER, DBPASSWORD (edgechat, each)                       the database
  DATABASE_URL or POSTGRES_HOST, NATS_URL or NATS_HOST                use that server instead of the embedded one
  EVENT_TOPIC (sport_event), EXECUTION_TOPIC (execution)              the feeds' NATS subjects
  FEED_STREAM (CHATFEED)                                              the JetStream stream between feeds and bridge
  FEED_STREAM_MAX_AGE (86400 s), FEED_STREAM_MAX_BYTES (1 GiB)        what the stream keeps for a bridge that is away
  EDGECHAT_HOME (.edgechat)                                           the data directory
"""
FEEDS = ("sports", "executions")
PARTS = ("bridge", "gateway", *FEEDS)
NAMED_ERRORS = ("asyncpg", "nats", "psycopg2", "bridge", "gateway", "feedsim", "db", "edgechat", "runtime", "servers")
"""Packages whose exceptions tell a person what is wrong; another one is a bug and shows where it was raised."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    options, rest = _parser().parse_known_args(arguments)
    if rest and options.command != "psql":
        _parser().error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        return _run(options, rest, load())
    except KeyboardInterrupt:
        return 130
    except (SettingError, StackError) as error:
        print(f"edgechat: {error}", file=sys.stderr)
    except Exception as error:
        if not _is_named(error):
            logging.getLogger("edgechat").exception("%s: a bug", options.command)
        print(f"edgechat {options.command}: {str(error).strip() or repr(error)}{_servers(error)}", file=sys.stderr)
    return 1


def _is_named(error: BaseException) -> bool:
    """True if the error's text is for the person who started the part."""
    return isinstance(error, OSError) or type(error).__module__.split(".")[0] in NAMED_ERRORS


def _servers(error: Exception) -> str:
    """Which servers were meant, where the error does not tell: uvloop's OSErrors have no address."""
    if not isinstance(error, OSError):
        return ""
    from edgechat.look.screen import public_url

    settings = load()
    return f" (the database is {public_url(settings.database_url)}, NATS is {public_url(settings.nats_url)})"


def _run(options: argparse.Namespace, rest: Sequence[str], settings: Settings) -> int:
    """Each command imports what it needs, so that none waits for, or fails with, what another one needs."""
    home = Home(Path(options.home))
    match options.command:
        case "up":
            return _up(options, settings, home)
        case "migrate":
            from db.apply import migrate

            runner.start_logging()
            # As Ctrl-C: unwound, so that yoyo's lock is given back.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            migrate(settings.database_url)
        case "status":
            from edgechat.look.status import report

            text, is_up = report(settings, home)
            print(text)
            return 0 if is_up else 1
        case "health":
            from edgechat.look.health import check

            check(options.part, settings)
        case "psql":
            from edgechat.look.psql import open_psql

            open_psql(settings.database_url, rest)
        case part:
            runner.start_logging()
            _run_part(part, options, settings)
    return 0


def _up(options: argparse.Namespace, settings: Settings, home: Home) -> int:
    try:
        from edgechat.run.up import run_up
    except ModuleNotFoundError as error:
        raise StackError(f"{error.name} is not installed; `up` needs: pip install 'edge-chatroom[embedded]'") from None
    run_up(settings, home, feeds=not options.no_feeds, quiet=options.quiet, with_parent=options.with_parent)
    return 0


def _run_part(part: str, options: argparse.Namespace, settings: Settings) -> None:
    if part == "bridge":
        from bridge.main import run as run_bridge

        runner.run_until_stopped(lambda: run_bridge(settings))
    elif part == "gateway":
        _run_gateway(options, settings)
    else:
        from feedsim.publisher import run as run_feed

        runner.run_until_stopped(lambda: run_feed(settings, options.feed))


def _run_gateway(options: argparse.Namespace, settings: Settings) -> None:
    workers = options.workers or settings.gateway_workers
    if workers > 1 and not options.share_port:
        from edgechat.run.workers import run_workers

        return run_workers(settings, workers)
    from gateway.main import run as run_gateway

    runner.run_until_stopped(lambda: run_gateway(settings, options.share_port))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "edgechat", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--home",
        default=str(home_path(os.environ)),
        metavar="DIR",
        help="the data directory of `up`; by default EDGECHAT_HOME, else .edgechat in the current directory",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    up = _add(
        commands,
        "up",
        "start everything on this machine and look after it until Ctrl-C",
        "Starts PostgreSQL and nats-server (unless the environment names others), brings the database up to date, "
        "starts bridge, gateway and both feeds, and starts again what dies. Ctrl-C or SIGTERM stops everything; the "
        "data stays.",
    )
    up.add_argument("--quiet", action="store_true", help="print errors only")
    up.add_argument("--no-feeds", action="store_true", help="without the feed simulators")
    up.add_argument("--with-parent", action="store_true", help="also stop when the calling process ends (for make)")
    _add(
        commands,
        "migrate",
        "bring the database up to date",
        "Applies pending migrations, then every function and view anew. Running it again changes nothing.",
    )
    _add(commands, "bridge", "carry the feeds from NATS into Postgres", "A second bridge waits as stand-by.")
    gateway = _add(commands, "gateway", "serve chat over WebSockets", "Any number of gateways may serve one database.")
    gateway.add_argument(
        "--workers",
        type=_worker_count,
        metavar="N",
        help="run N gateways on the one port and start again what dies; by default GATEWAY_WORKERS, else 1",
    )
    gateway.add_argument("--share-port", action="store_true", help="others may listen on the port too (for --workers)")
    feed = _add(commands, "feed", "publish a simulated feed to NATS", "Plain core NATS, no answer awaited.")
    feed.add_argument("feed", choices=FEEDS, help="which feed: EVENT_RATE or EXECUTION_RATE says how fast")
    _add(
        commands,
        "psql",
        "open psql on the database",
        "The schemas chat and room_filter are in front. All further arguments go to psql, as: "
        "-c 'select * from room_filters'.",
    )
    _add(
        commands,
        "status",
        "show which part runs where",
        "Asks both servers and the gateway, and looks up the other parts. Exit status 0 only if all are up.",
    )
    health = _add(
        commands,
        "health",
        "tell whether the part in this container does its work",
        "Exit status 0 if it does; else 1, and a line says what is missing.",
    )
    health.add_argument("part", choices=PARTS, help="which part the container runs")
    return parser


def _worker_count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_WORKERS:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to {MAX_WORKERS}")
    return int(text)


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, title: str, description: str
) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=title, description=f"{title.capitalize()}. {description}")
