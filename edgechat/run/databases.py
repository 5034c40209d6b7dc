"""The embedded Postgres servers of one `edgechat up`: one, or several that rooms are dealt over."""

import secrets
import time
from collections.abc import Callable

from edgechat.home import Home, numbered
from runtime import process
from runtime.settings import Settings
from servers.postgres import EmbeddedPostgres

LEAST_STOP_SECONDS = 0.5


class Databases:
    """They have the same roles with the same passwords, and ports one behind the other."""

    def __init__(self, settings: Settings, home: Home, say: Callable[[str], None], wait: process.Wait) -> None:
        self._home = home
        self._say = say
        self._database = settings.database
        passwords = {
            **{part: secrets.token_urlsafe(24) for part in ("bridge", "gateway")},
            "inspector": settings.inspector_password,
        }
        self.servers = [
            EmbeddedPostgres(
                home.postgres(number),
                settings.postgres_port + number - 1,
                user=settings.db_user,
                password=settings.db_password,
                database=settings.database,
                administrator=settings.administrator,
                part_passwords=passwords,
                log=home.log(numbered("postgres", number)),
                say=say,
                wait=wait,
            )
            for number in range(1, settings.servers + 1)
        ]

    @property
    def urls(self) -> list[str]:
        """The owner's URL of each."""
        return [server.url(self._database) for server in self.servers]

    @property
    def names(self) -> list[str]:
        """What the map of servers calls them."""
        return [f"db{number}" for number in range(1, len(self.servers) + 1)]

    def part_url(self, part: str, number: int = 1) -> str:
        """By which a part logs in as its own role."""
        return self.servers[number - 1].part_url(part, self._database)

    def start(self, started: Callable[[str, EmbeddedPostgres], None]) -> None:
        """Start one after the other; calls `started` with the name and the server for each. Raises StackError."""
        for number, server in enumerate(self.servers, 1):
            first = "" if self._home.postgres(number).exists() else ", making its data directory"
            self._say(f"starting PostgreSQL {server.version} on 127.0.0.1:{server.port}{first}")
            server.start()
            started(numbered("postgres", number), server)

    def stop(self, deadline: float) -> None:
        """Stop all, together, by a time of the monotonic clock."""
        for server in self.servers:
            server.ask()
        for server in self.servers:
            server.stop(max(LEAST_STOP_SECONDS, deadline - time.monotonic()))
