"""What `edgechat up` prints: its progress, then what runs where and what to try next."""

import os
import shlex
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from edgechat.home import Home
from edgechat.look.speech import scheme
from runtime.port import local_address
from runtime.settings import DEFAULT_GATEWAY_PORT, DEFAULTS, Settings
from runtime.url import split_authority

WIDTH = 13


def say(line: str) -> None:
    """Print a line at once. If the terminal has gone, nothing happens: stopping must go on."""
    with suppress(OSError, ValueError):
        print(line, flush=True)


def say_nothing(_line: str) -> None:
    """For --quiet."""


def welcome(settings: Settings, home: Home, has_feeds: bool) -> str:
    """What runs where, and the next commands."""
    host, port = local_address(settings.gateway_host), settings.gateway_port
    where = ("" if host == "127.0.0.1" else f" --host {host}") + (
        "" if port == DEFAULT_GATEWAY_PORT else f" --port {port}"
    )
    rates = ", ".join(f"{feed} {rate:g}/s" for feed, rate in settings.rates.items()) if has_feeds else "none"
    running = {
        "page": f"{scheme('http', settings.limits)}://{'localhost' if host == '127.0.0.1' else host}:{port}/",
        "gateway": f"{scheme('ws', settings.limits)}://{host}:{port}, {_rooms(settings)}",
        "PostgreSQL": f"{public_url(settings.database_url)}{_login(settings)}",
        **({"servers": _servers(settings)} if settings.servers > 1 else {}),
        "NATS": f"{public_urls(settings.nats_servers())}{_whose(settings.nats_is_external)}",
        "feeds": rates,
        "data, logs": shown(home.path),
    }
    room = min(3, settings.num_rooms - 1)
    commands = {
        "join a room": f"{python()} -m clientsim.chatsimulator adam --roomid {room} --filter True{where}",
        "look inside": f"{_command('psql')}    then, for instance: select * from room_filters;",
        "what runs": _command("status"),
        "stop": f"Ctrl-C here, or kill {os.getpid()}",
    }
    return "\n".join(["", "edge-chatroom is up.", *_table(running), "Now try, in another terminal:", *_table(commands)])


def shown(path: Path) -> str:
    """A path as short as it can be written from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) + "/" if path.is_relative_to(here) else str(path)


def python() -> str:
    """How this Python is called from the current directory."""
    path = Path(sys.executable)
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def public_url(url: str) -> str:
    """A server's URL without its password."""
    scheme, authority, rest = split_authority(url)
    account, at, hosts = authority.rpartition("@")
    return f"{scheme}://{account.partition(':')[0]}{at}{hosts}{rest.partition('?')[0]}"


def public_urls(urls: Iterable[str]) -> str:
    """Several servers' URLs without their passwords."""
    return ", ".join(public_url(url) for url in urls)


def _command(name: str) -> str:
    return f"make {name}" if "MAKELEVEL" in os.environ else f"{python()} -m edgechat {name}"


def _servers(settings: Settings) -> str:
    ports = range(settings.postgres_port, settings.postgres_port + settings.servers)
    return (
        ", ".join(f"db{number} at port {port}" for number, port in enumerate(ports, 1)) + "; rooms are dealt over them"
    )


def _rooms(settings: Settings) -> str:
    sizes = sorted(set(settings.max_users))
    users = str(sizes[0]) if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    return f"{settings.num_rooms} rooms of {users}" if settings.num_rooms > 1 else f"1 room of {users}"


def _login(settings: Settings) -> str:
    """A password that everybody knows is shown, for whoever connects with a tool of their own."""
    if settings.database_is_external:
        return _whose(True)
    return f", password {settings.db_password}" if settings.db_password == DEFAULTS["DBPASSWORD"] else ""


def _whose(is_external: bool) -> str:
    return " (yours)" if is_external else ""


def _table(rows: dict[str, str]) -> list[str]:
    return [f"  {name:<{WIDTH}}{text}" for name, text in rows.items()]
