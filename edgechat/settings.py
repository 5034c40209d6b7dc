"""What the environment decides, read once at the start of a process.

The names are those of the original service (docs/protocol.md lists them) plus `DATABASE_URL` and `NATS_URL`, which win
over their parts. A value that cannot be used raises `SettingError` naming the variable, what it holds and what is allowed.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

DEFAULT_POSTGRES_PORT = 5444
DEFAULT_NATS_PORT = 4222
DEFAULT_GATEWAY_PORT = 4242
MAX_ROOMS = 100_000
MAX_ROOM_USERS = 100_000


class SettingError(ValueError):
    """An environment variable holds something that cannot be used."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of every part; a part uses the few that concern it."""

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
    num_rooms: int
    max_users: tuple[int, ...]
    subjects: Mapping[str, str]
    event_rate: float
    execution_rate: float

    def room_sizes(self) -> list[int]:
        """How many users each room takes, a number a room."""
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
        num_rooms=num_rooms,
        max_users=_room_sizes(environ, num_rooms),
        subjects={
            "sport_event": environ.get("EVENT_TOPIC") or "sport_event",
            "execution": environ.get("EXECUTION_TOPIC") or "execution",
        },
        event_rate=_rate(environ, "EVENT_RATE", 20.0),
        execution_rate=_rate(environ, "EXECUTION_RATE", 5.0),
    )


def _whole(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.strip().isdigit() or not low <= int(text) <= high:
        raise SettingError(f"{name} is {text!r}; it must be a whole number from {low} to {high}")
    return int(text)


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
        raise SettingError(f"MAX_NUMUSERS is {text!r}; it must be one size for all rooms, [4], or one a room, [4,3,5,4,2]")
    sizes = tuple(int(part) for part in parts)
    if len(sizes) not in (1, num_rooms):
        raise SettingError(f"MAX_NUMUSERS lists {len(sizes)} sizes; it must list 1, or {num_rooms} as NUM_CHATROOMS says")
    if not all(1 <= size <= MAX_ROOM_USERS for size in sizes):
        raise SettingError(f"MAX_NUMUSERS is {text!r}; every size must be from 1 to {MAX_ROOM_USERS}")
    return sizes
