"""The whole system on this machine: both servers, bridge, gateway and feeds; started, watched and stopped."""

import time
from collections.abc import Callable

from edgechat.home import Home, numbered
from edgechat.look.gateway import greets
from edgechat.look.speech import local_tls
from edgechat.run.databases import Databases
from edgechat.run.migration import DEAL, MIGRATE, add_servers, run_migration, run_migrations
from edgechat.run.part import Part
from edgechat.run.supervisor import Watch, start_all, supervise
from runtime import process
from runtime.errors import HomeError
from runtime.port import local_address, require_free
from runtime.settings import FEEDS, MAX_SERVERS, Settings
from servers.nats import EmbeddedNats
from servers.postgres import EmbeddedPostgres

STOP_SECONDS = 4.8
"""For everything together; what still runs then is killed."""
PATIENCE = {"feed": 0.8, "gateway": 1.5, "bridge": 0.8, "nats": 0.6}
"""Of that, at most so many seconds for each; Postgres stops last and gets the rest."""


class Stack:
    """Everything that `edgechat up` runs. It sleeps by calling `wait`, which may raise to give up."""

    def __init__(
        self, settings: Settings, home: Home, say: Callable[[str], None], wait: process.Wait, feeds: bool = True
    ) -> None:
        self._settings = settings
        self._home = home
        self._say = say
        self._wait = wait
        host, port = local_address(settings.gateway_host), settings.gateway_port
        self._feeds = [Part(f"feed-{feed}", ["simulate", feed], home) for feed in FEEDS] if feeds else []
        # None where the environment names a server.
        self._databases = None if settings.database_is_external else Databases(settings, home, say, wait)
        self._nats = None if settings.nats_is_external else self._make_nats()
        tls = local_tls(settings.limits)
        self._gateway = Part("gateway", ["gateway"], home, lambda: greets(host, port, tls=tls), self._login("gateway"))
        self._bridges = [self._make_bridge(number) for number in range(1, settings.servers + 1)]
        # What has been started so far, servers first.
        self._watches: list[Watch] = []

    @property
    def parts(self) -> list[str]:
        """Names of what runs beside the servers."""
        return [part.name for part in self._parts()]

    def start(self) -> None:
        """Start everything in order, each ready before the next; raises StackError."""
        self._tidy()
        require_free(self._settings.gateway_host, self._settings.gateway_port, "the gateway", "CONTAINER_PORT")
        self._start_postgres()
        self._start_nats()
        self._migrate()
        self._say(f"starting {', '.join(self.parts)}")
        watches = [Watch(part.name, part, self._say) for part in self._parts()]
        start_all(watches, self._wait)
        self._watches += watches

    def supervise(self) -> None:
        """Restart whatever dies, until `wait` raises; raises ServerStartError for what can never run."""
        supervise(self._watches, self._wait)

    def stop(self) -> None:
        """Stop everything within 5 s, producers before consumers; nothing runs afterwards."""
        deadline = time.monotonic() + STOP_SECONDS
        for feed in self._feeds:
            feed.ask()
        for feed in self._feeds:
            feed.stop(PATIENCE["feed"] / len(self._feeds))
        self._gateway.stop(PATIENCE["gateway"])
        for bridge in self._bridges:
            bridge.ask()
        for bridge in self._bridges:
            bridge.stop(PATIENCE["bridge"] / len(self._bridges))
        if self._nats is not None:
            self._nats.stop(PATIENCE["nats"])
        if self._databases is not None:
            self._databases.stop(deadline)

    def _parts(self) -> list[Part]:
        return [*self._bridges, self._gateway, *self._feeds]

    def _make_bridge(self, number: int) -> Part:
        command = ["bridge"] if number == 1 else ["bridge", f"--number={number}"]
        return Part(numbered("bridge", number), command, self._home, settings=self._login("bridge", number))

    def _login(self, part: str, number: int = 1) -> dict[str, str]:
        """The settings by which a part logs in as its own role, and knows of all servers, where these are ours."""
        if self._databases is None:
            return {}
        login = {"DATABASE_URL": self._databases.part_url(part, number)}
        is_one = self._settings.servers == 1
        return login if is_one else {**login, "SERVER_MAP": self._settings.server_map or ""}

    def _make_nats(self) -> EmbeddedNats:
        return EmbeddedNats(self._home.nats, self._settings.nats_port, log=self._home.log("nats"), wait=self._wait)

    def _tidy(self) -> None:
        """End what a killed predecessor left running, also parts that are not wanted now; rotate long logs."""
        several = [numbered(name, number) for number in range(1, MAX_SERVERS + 1) for name in (MIGRATE, "bridge")]
        names = (*several, DEAL, "gateway", *(f"feed-{feed}" for feed in FEEDS))
        for name in names:
            Part(name, [], self._home).end_leftover(self._wait)
        databases = [numbered("postgres", number) for number in range(1, MAX_SERVERS + 1)]
        for name in (*databases, "nats", *names):
            try:
                process.rotate(self._home.log(name))
            except OSError as error:
                raise HomeError(f"cannot write the log of {name}: {error}") from None

    def _start_postgres(self) -> None:
        if self._databases is None:
            self._say("using the database given from outside")
            return
        self._databases.start(lambda name, server: self._watches.append(self._adopted(name, server)))

    def _start_nats(self) -> None:
        if self._nats is None:
            self._say("using the NATS server given from outside")
            return
        self._say(f"starting nats-server on 127.0.0.1:{self._nats.port}")
        self._nats.start()
        self._watches.append(self._adopted("nats", self._nats))

    def _adopted(self, name: str, server: EmbeddedPostgres | EmbeddedNats) -> Watch:
        watch = Watch(name, server, self._say)
        watch.adopt()
        return watch

    def _migrate(self) -> None:
        if self._databases is None or self._settings.servers == 1:
            self._say("bringing the database up to date")
            return run_migration(self._home, self._wait)
        self._say("bringing the databases up to date")
        run_migrations(self._home, self._wait, self._databases.urls)
        names, urls = self._databases.names, self._databases.urls
        self._say(f"dealing rooms over {', '.join(names)}")
        assert self._settings.server_map is not None
        add_servers(self._home, self._wait, dict(zip(names, urls, strict=True)), self._settings.server_map)
