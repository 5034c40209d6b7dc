"""What the environment decides, read once at the start of a process.

The names are those of the original service (docs/protocol.md lists them) plus `DATABASE_URL` and `NATS_URL`, which win
over their parts. A value that cannot be used raises `SettingError` naming the variable, what it holds and what is
allowed.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

DEFAULT_POSTGRES_PORT = 5444
DEFAULT_NATS_PORT = 4222
DEFAULT_GATEWAY_PORT = 4242
MAX_WORKERS = 64
MAX_ROOMS = 100_000
MAX_ROOM_USERS = 100_000
MAX_STREAM_AGE = 10 * 365 * 86_400
MAX_STREAM_BYTES = 2**50


class SettingError(ValueError):
    """An environment variable holds something that cannot be used."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of every part; a part uses the few that concern it.

    `feed_stream_max_age` (seconds) and `feed_stream_max_bytes` limit the stream that holds feed messages until the
    bridge took them; what each can lose stands in bridge/stream.py. None leaves an existing stream's limit as it is.
    """

    database_url: str
    nats_url: str
    database_is_external: bool
    nats_is_external: bool
    postgres_host: str
    postgres_port: int
    database: str
    db_user: str
    db_password: str
    nats_host: str
    nats_port: int
    gateway_host: str
    gateway_port: int
    gateway_workers: int
    num_rooms: int
    max_users: tuple[int, ...]
    subjects: Mapping[str, str]
    event_rate: float
    execution_rate: float
    feed_stream: str
    feed_stream_max_age: int | None
    feed_stream_max_bytes: int | None

    def room_sizes(self) -> list[int]:
        """How many users each room takes, one number per room."""
        return list(self.max_users) * self.num_rooms if len(self.max_users) == 1 else list(self.max_users)


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read all settings; raises SettingError at the first one that is wrong."""
    postgres_host = environ.get("POSTGRES_HOST") or "127.0.0.1"
    postgres_port = _port(environ, "POSTGRES_PORT", DEFAULT_POSTGRES_PORT)
    database = environ.get("DATABASE") or "edgechat"
    db_user = environ.get("DBUSER") or "edgechat"
    db_password = environ.get("DBPASSWORD") or "edgechat"
    nats_host = environ.get("NATS_HOST") or "127.0.0.1"
    nats_port = _port(environ, "NATS_PORT", DEFAULT_NATS_PORT)
    num_rooms = _whole(environ, "NUM_CHATROOMS", 5, 1, MAX_ROOMS)
    return Settings(
        database_url=environ.get("DATABASE_URL")
        or f"postgresql://{quote(db_user, safe='')}:{quote(db_password, safe='')}"
        f"@{postgres_host}:{postgres_port}/{quote(database, safe='')}",
        nats_url=environ.get("NATS_URL") or f"nats://{nats_host}:{nats_port}",
        database_is_external=bool(environ.get("DATABASE_URL") or environ.get("POSTGRES_HOST")),
        nats_is_external=bool(environ.get("NATS_URL") or environ.get("NATS_HOST")),
        postgres_host=postgres_host,
        postgres_port=postgres_port,
        database=database,
        db_user=db_user,
        db_password=db_password,
        nats_host=nats_host,
        nats_port=nats_port,
        gateway_host=environ.get("CONTAINER_HOST") or "127.0.0.1",
        gateway_port=_port(environ, "CONTAINER_PORT", DEFAULT_GATEWAY_PORT),
        gateway_workers=_whole(environ, "GATEWAY_WORKERS", 1, 1, MAX_WORKERS),
        num_rooms=num_rooms,
        max_users=_room_sizes(environ, num_rooms),
        subjects={
            "sport_event": environ.get("EVENT_TOPIC") or "sport_event",
            "execution": environ.get("EXECUTION_TOPIC") or "execution",
        },
        event_rate=_rate(environ, "EVENT_RATE", 20.0),
        execution_rate=_rate(environ, "EXECUTION_RATE", 5.0),
        feed_stream=_stream_name(environ),
        feed_stream_max_age=_whole_or_none(environ, "FEED_STREAM_MAX_AGE", 1, MAX_STREAM_AGE),
        feed_stream_max_bytes=_whole_or_none(environ, "FEED_STREAM_MAX_BYTES", 4 * 1024 * 1024, MAX_STREAM_BYTES),
    )


def _whole(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.strip().isdigit() or not low <= int(text) <= high:
        raise SettingError(f"{name} is {text!r}; it must be a whole number from {low} to {high}")
    return int(text)


def _whole_or_none(environ: Mapping[str, str], name: str, low: int, high: int) -> int | None:
    return _whole(environ, name, low, low, high) if environ.get(name) else None


def _stream_name(environ: Mapping[str, str]) -> str:
    name = environ.get("FEED_STREAM") or "CHATFEED"
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        raise SettingError(f"FEED_STREAM is {name!r}; it must be 1 to 64 letters, digits, - or _")
    return name


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    return _whole(environ, name, default, 1, 65535)


def _rate(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name) or str(default)
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1_000_000:
        raise SettingError(f"{name} is {text!r}; it must be messages a second, from 0 (silent) to 1000000")
    return rate


def _room_sizes(environ: Mapping[str, str], num_rooms: int) -> tuple[int, ...]:
    text = environ.get("MAX_NUMUSERS") or "[4]"
    parts = text.strip().removeprefix("[").removesuffix("]").split(",")
    if not all(part.strip().isascii() and part.strip().isdigit() for part in parts):
        raise SettingError(
            f"MAX_NUMUSERS is {text!r}; it must be one size for all rooms, [4], or one a room, [4,3,5,4,2]"
        )
    sizes = tuple(int(part) for part in parts)
    if len(sizes) not in (1, num_rooms):
        raise SettingError(
            f"MAX_NUMUSERS lists {len(sizes)} sizes; it must list 1, or {num_rooms} as NUM_CHATROOMS says"
        )
    if not all(1 <= size <= MAX_ROOM_USERS for size in sizes):
        raise SettingError(f"MAX_NUMUSERS is {text!r}; every size must be from 1 to {MAX_ROOM_USERS}")
    return sizes
