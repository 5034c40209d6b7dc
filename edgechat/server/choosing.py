"""Which servers a command is about: all of the map, the one that has a room, or one by its name."""

import asyncio

from runtime.errors import StackError
from runtime.map_store import read_map
from runtime.server_map import ServerMap, with_account
from runtime.settings import Settings


def read_servers(settings: Settings) -> ServerMap | None:
    """The map; None with one server. Raises MapError."""
    return None if settings.server_map is None else asyncio.run(read_map(settings))


def urls_of(servers: ServerMap, settings: Settings) -> dict[str, str]:
    """The URLs of all servers with the login of DATABASE_URL, by their names, in the order of the map."""
    return {name: with_account(url, settings.database_url) for name, url in servers.urls.items()}


def choose_all(settings: Settings, name: str | None = None) -> dict[str, str]:
    """All servers' URLs by their names, or that of one; with one server "" is its name. Raises MapError, StackError."""
    servers = read_servers(settings)
    if servers is None:
        _refuse_name(name)
        return {"": settings.database_url}
    urls = urls_of(servers, settings)
    return urls if name is None else {name: _find(urls, name)}


def choose(settings: Settings, name: str | None, room_id: int | None = None) -> tuple[str, str]:
    """The name and the URL of the server of this name, or that has a room, else of the first; raises as above."""
    servers = read_servers(settings)
    if servers is None:
        _refuse_name(name)
        return "", settings.database_url
    urls = urls_of(servers, settings)
    if name is None:
        name = next(iter(urls)) if room_id is None else servers.server_of(room_id)
    return name, _find(urls, name)


def _find(urls: dict[str, str], name: str) -> str:
    if name not in urls:
        raise StackError(f"there is no server {name!r}; there are {', '.join(urls)}")
    return urls[name]


def _refuse_name(name: str | None) -> None:
    if name is not None:
        raise StackError(f"there is one server only, and no {name!r}: SERVER_MAP is not set")
