"""The commands, their options, and what `--help` says."""

import argparse
import os

from edgechat.explained import DESCRIPTION, EPILOG
from edgechat.home import home_path
from edgechat.server.arguments import add_actions, room_number
from runtime.settings import FEEDS, MAX_SERVERS, MAX_WORKERS

FORMATS = ("json", "protobuf", "text")
PARTS = ("bridge", "gateway", *FEEDS)


def make_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; it sets `command` and `home`, and what the command has of its own."""
    parser = argparse.ArgumentParser(
        "edgechat", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--home",
        default=str(home_path(os.environ)),
        metavar="DIR",
        help="the data directory of `up`; by default EDGECHAT_HOME, else .edgechat in the current directory",
    )
    commands = _Commands(parser)
    _add_up(commands)
    commands.add(
        "migrate",
        "bring the database up to date",
        "Applies pending migrations, then every function and view anew. Running it again changes nothing. Where "
        "SERVER_MAP is set it does so at each server of the map, one after the other.",
    )
    bridge = commands.add("bridge", "carry the feeds from NATS into Postgres", "A second bridge waits as stand-by.")
    bridge.add_argument(
        "--number",
        type=_server_count,
        default=1,
        metavar="K",
        help="be the Kth on this machine, each for another server: with a name and a metrics port of its own",
    )
    _add_gateway(commands)
    simulate = commands.add("simulate", "publish a simulated feed to NATS", "Plain core NATS, no answer awaited.")
    simulate.add_argument("feed", choices=FEEDS, help="which feed: EVENT_RATE or EXECUTION_RATE says how fast")
    _add_feed(commands)
    _add_server(commands)
    _add_token(commands)
    _add_psql(commands)
    status = commands.add(
        "status",
        "show which part runs where",
        "Asks both servers and the gateway, and looks up the other parts. Exit status 0 only if all are up.",
    )
    status.add_argument("--json", action="store_true", help="the same for programs")
    _add_top(commands)
    health = commands.add(
        "health",
        "tell whether the part in this container does its work",
        "Exit status 0 if it does; else 1, and a line says what is missing.",
    )
    health.add_argument("part", choices=PARTS, help="which part the container runs")
    return parser


class _Commands:
    """The parser's commands; one of them must be given."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._action = parser.add_subparsers(dest="command", required=True, metavar="command")

    def add(self, name: str, title: str, description: str) -> argparse.ArgumentParser:
        """Add a command; returns its own parser."""
        return self._action.add_parser(name, help=title, description=f"{title.capitalize()}. {description}")


def _add_up(commands: _Commands) -> None:
    up = commands.add(
        "up",
        "start everything on this machine and look after it until Ctrl-C",
        "Starts PostgreSQL and nats-server (unless the environment names others), brings the database up to date, "
        "starts bridge, gateway and both feeds, and restarts whatever dies. Ctrl-C or SIGTERM stops everything; the "
        "data stays.",
    )
    up.add_argument("--quiet", action="store_true", help="print errors only")
    up.add_argument("--no-feeds", action="store_true", help="without the feed simulators")
    up.add_argument(
        "--servers",
        type=_server_count,
        metavar="N",
        help="embedded Postgres servers that rooms are dealt over; by default SERVERS, else 1",
    )
    up.add_argument("--with-parent", action="store_true", help="also stop when the calling process ends (for make)")


def _add_gateway(commands: _Commands) -> None:
    gateway = commands.add("gateway", "serve chat over WebSockets", "Any number of gateways may serve one database.")
    gateway.add_argument(
        "--workers",
        type=_worker_count,
        metavar="N",
        help="run N gateways on the one port and restart any that dies; by default GATEWAY_WORKERS, else 1",
    )
    gateway.add_argument(
        "--worker",
        type=_worker_count,
        metavar="K",
        help="be the Kth on a port that others listen on too (for --workers)",
    )


def _add_top(commands: _Commands) -> None:
    top = commands.add(
        "top",
        "show what goes on now, per feed and room",
        "Rows and messages per second, what the filters cost, and what waits in the stream; rooms that get most come "
        "first.",
    )
    top.add_argument("--interval", type=_seconds, default=2.0, metavar="S", help="seconds between looks; 2")
    top.add_argument("--once", action="store_true", help="one look, then end")
    top.add_argument("--json", action="store_true", help="one JSON object per look, with all rooms")
    top.add_argument("--server", metavar="NAME", help="which of several servers; the first unless said otherwise")
    top.add_argument("--no-cost", action="store_true", help="without the cost of filters, which is measured anew")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0.1 to 3600")
    return seconds


def _add_psql(commands: _Commands) -> None:
    psql = commands.add(
        "psql",
        "open psql on the database",
        "Reads everything and changes nothing, unless one of these says otherwise. The schemas chat and room_filter "
        "are in front. All further arguments go to psql, as: -c 'select * from room_filters'. Of several servers one "
        "is opened; all_room_filters has the filters of all.",
    )
    rights = psql.add_mutually_exclusive_group()
    rights.add_argument(
        "--operator",
        action="store_const",
        const="operator",
        dest="part",
        help="also change feeds and rows, write comments, and set limits",
    )
    rights.add_argument("--owner", action="store_const", const=None, dest="part", help="all rights of the login")
    which = psql.add_mutually_exclusive_group()
    which.add_argument("--room", type=room_number, metavar="N", help="of several servers, the one that has this room")
    which.add_argument("--server", metavar="NAME", help="the one of this name; the first unless said otherwise")
    psql.set_defaults(part="inspector")


def _add_feed(commands: _Commands) -> None:
    feed = commands.add(
        "feed",
        "add, show, change and remove feeds",
        "Nothing is restarted: bridge and gateways take it up within a second, and rooms can filter by it.",
    )
    actions = feed.add_subparsers(dest="action", required=True, metavar="action")
    add = actions.add_parser("add", help="take in what comes on a NATS subject")
    add.add_argument("name", help="what the feed is called: small letters, digits and _")
    add.add_argument("--subject", required=True, help="NATS subject; * and > stand for tokens, as in 'weather.>'")
    add.add_argument(
        "--format", default="json", choices=FORMATS, help="what the messages are; json unless said otherwise"
    )
    add.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME:TYPE[=PATH]",
        help="a column for filters, as city:text or station:text=station.id; types are text, boolean, integer, bigint, "
        "float, timestamp, text[] and jsonb",
    )
    add.add_argument("--descriptor", metavar="FILE", help="protobuf: what protoc --descriptor_set_out wrote")
    add.add_argument("--message", metavar="TYPE", help="protobuf: the message's type, as pkg.Weather")
    actions.add_parser("list", help="all feeds")
    for name, text in (
        ("show", "a feed's columns"),
        ("pause", "store nothing of what comes"),
        ("resume", "store it again"),
    ):
        actions.add_parser(name, help=text).add_argument("name")
    keep = actions.add_parser("keep", help="say how long its rows are kept, and how much disk they may take")
    keep.add_argument("name")
    keep.add_argument("--for", dest="keep_for", metavar="TIME", help="as in '7 days' or 12h; ever: no limit")
    keep.add_argument("--size", metavar="SIZE", help="as in 10GB; any: no limit; the oldest rows go first")
    remove = actions.add_parser("remove", help="take a feed away")
    remove.add_argument("name")
    remove.add_argument("--rows", choices=("keep", "drop"), help="what becomes of its rows; must be said")
    rename = actions.add_parser("rename", help="call a feed otherwise")
    rename.add_argument("name")
    rename.add_argument("new_name")
    for name, text in (("add-column", "give a feed a column"), ("drop-column", "take one away, with what is in it")):
        column = actions.add_parser(name, help=text)
        column.add_argument("name")
        column.add_argument("column", metavar="NAME:TYPE[=PATH]" if name == "add-column" else "NAME")
    guess = actions.add_parser("guess", help="listen, and write the `feed add` that fits")
    guess.add_argument("name")
    guess.add_argument("--subject", required=True)
    guess.add_argument("--seconds", type=float, default=5.0, help="how long to listen")
    for action in actions.choices.values():
        action.add_argument(
            "--server", metavar="NAME", help="of several servers this one alone, which others then differ from"
        )


def _add_server(commands: _Commands) -> None:
    server = commands.add(
        "server",
        "deal rooms over several Postgres servers",
        "SERVER_MAP names the map of who has which rooms; the login to all servers is that of DATABASE_URL.",
    )
    add_actions(server)


def _add_token(commands: _Commands) -> None:
    token = commands.add(
        "token",
        "make a token to join with, for trying",
        "Where AUTH_SECRET, AUTH_SECRET_FILE or AUTH_JWKS is set, a join needs one. It is signed with the first "
        "secret, or with the private key that --key names; AUTH_AUDIENCE and AUTH_ISSUER go into it.",
    )
    token.add_argument("name", nargs="?", metavar="NAME", help="who joins with it")
    token.add_argument("--rooms", metavar="1,2", help="the rooms that it allows; all unless said otherwise")
    for right, what in (("comment", "comments"), ("filter", "filters"), ("preview", "previews")):
        token.add_argument(f"--no-{right}", action="store_true", help=f"allow no {what}")
    token.add_argument("--moderate", action="store_true", help="with the rights of a moderator")
    token.add_argument("--expires", default="1h", metavar="1h", help="how long it is good: 90s, 15m, 1h, 7d; an hour")
    token.add_argument("--key", metavar="FILE", help="a private key in PEM to sign with: RSA, EC or Ed25519")
    token.add_argument("--kid", metavar="ID", help="the id that the key has in the JWK set")
    token.add_argument("--new-secret", action="store_true", help="print a secret for AUTH_SECRET_FILE, and no token")


def _worker_count(text: str) -> int:
    return _count(text, MAX_WORKERS)


def _server_count(text: str) -> int:
    return _count(text, MAX_SERVERS)


def _count(text: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {most}")
    return int(text)
