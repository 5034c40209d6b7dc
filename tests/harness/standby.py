"""A primary with a standby by streaming replication, and what an operator does with the two."""

import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from harness.servers import PostgresServer, free_port, temporary_directory
from runtime import process
from runtime.errors import ServerStartError
from servers.owner import give
from servers.postgres import EmbeddedPostgres

COPY_SECONDS = 60.0
STREAM_SECONDS = 60.0
PROMOTE_SECONDS = 60

IS_STANDBY = "select pg_is_in_recovery()"
PROMOTE = f"select pg_promote(true, {PROMOTE_SECONDS})"
FOLLOW_NOBODY = "alter system set primary_conninfo = ''"
IS_DEAF = "select not exists (select from pg_stat_wal_receiver)"
SET_SYNCHRONOUS = "alter system set synchronous_standby_names = '*'"
RELOAD = "select pg_reload_conf()"
HAS_STANDBY = """
select exists (select from pg_stat_replication where state = 'streaming' and (sync_state = 'sync' or not %s))
"""


class Standby(EmbeddedPostgres):
    """A copy of a primary that follows it. Promoted, it is a primary like any other."""

    def __init__(self, primary: EmbeddedPostgres, data_dir: Path, port: int) -> None:
        settings = primary.settings | {"cluster_name": data_dir.name}
        super().__init__(data_dir, port, primary.version, durable=False, settings=settings)
        self._primary = primary

    def _initialize(self) -> None:
        """A base backup of the primary instead of a new cluster, set up to follow it."""
        shutil.copy(self._primary.data_dir.with_name(self._primary.data_dir.name + ".password"), self._password_file)
        give(self._owner, self._password_file)
        self.data_dir.mkdir(mode=0o700)
        give(self._owner, self.data_dir)
        child = self._spawn(
            *("pg_basebackup", "-D", str(self.data_dir), "-d", self._primary.superuser_url),
            *("--write-recovery-conf", "--checkpoint=fast", "--wal-method=stream", "--no-sync"),
        )
        try:
            process.reap(child, COPY_SECONDS)
        finally:
            process.stop(child, signal.SIGTERM, 2.0)
        if child.returncode != 0:
            raise ServerStartError(f"no base backup could be made; the end of {self.log}:\n{self.reason()}")
        wait_for_nobody(self.data_dir)

    def _ensure_accounts(self) -> None:
        """The role came with the copy."""


class Pair:
    """The primary and its standby. A promoted one gets a new standby, on the port of the former primary."""

    def __init__(self, primary: EmbeddedPostgres, directory: Path, is_synchronous: bool) -> None:
        self.primary = primary
        self.is_synchronous = is_synchronous
        self.ports = (primary.port, free_port())
        # Former primaries as they were when they died.
        self.outlived: list[EmbeddedPostgres] = []
        self._directory = directory
        self._copies = 0
        self.standby = self.add_standby()

    def url(self, database: str) -> str:
        """The URL with both hosts, the first one the first primary's."""
        account, _, _ = self.primary.url(database).rpartition("@")
        return f"{account}@{','.join(f'127.0.0.1:{port}' for port in self.ports)}/{database}"

    def add_standby(self) -> Standby:
        """A new standby of the primary, on the port that the primary has not; returns when it follows."""
        (port,) = (port for port in self.ports if port != self.primary.port)
        self._copies += 1
        self.standby = Standby(self.primary, self._directory / f"copy{self._copies}", port)
        self.standby.start()
        if self.is_synchronous:
            self.tell(self.primary, SET_SYNCHRONOUS, RELOAD)
        deadline = time.monotonic() + STREAM_SECONDS
        while not self.ask(self.primary, HAS_STANDBY, self.is_synchronous):
            if time.monotonic() > deadline:
                raise AssertionError(f"the standby does not follow: {self.standby.reason()}")
            time.sleep(0.05)
        return self.standby

    def promote(self) -> float:
        """Make the standby the primary; the moment when it was."""
        assert self.ask(self.standby, PROMOTE), "the standby was not promoted"
        self.outlived.append(self.primary)
        self.primary = self.standby
        return time.monotonic()

    def revive_outlived(self) -> EmbeddedPostgres:
        """Start the former primary again: it takes writes as before, and takes itself for the primary."""
        former = self.outlived[-1]
        wait_for_nobody(former.data_dir)
        former.start()
        return former

    def deafen(self) -> None:
        """Have the standby fall behind: what is written from now on it does not get, and lacks when it is promoted.

        To pause its replay would not do: a promotion first replays all that has arrived.
        """
        self.tell(self.standby, FOLLOW_NOBODY, RELOAD)
        deadline = time.monotonic() + STREAM_SECONDS
        while not self.ask(self.standby, IS_DEAF):
            if time.monotonic() > deadline:
                raise AssertionError("the standby still receives what the primary writes")
            time.sleep(0.05)

    def stop(self) -> None:
        """End all servers but the first, which whoever made it ends."""
        for server in {self.primary, self.standby, *self.outlived}:
            server.kill()

    @staticmethod
    def ask(server: EmbeddedPostgres, query: str, *arguments: object, database: str = "postgres") -> object:
        """One value, as the superuser."""
        connection = psycopg2.connect(f"{server.superuser_url.rpartition('/')[0]}/{database}", connect_timeout=10)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, arguments or None)
                return cursor.fetchone()[0] if cursor.description else None
        finally:
            connection.close()

    @classmethod
    def tell(cls, server: EmbeddedPostgres, *statements: str) -> None:
        """Run statements, as the superuser, each by itself."""
        for statement in statements:
            cls.ask(server, statement)


def wait_for_nobody(data_dir: Path) -> None:
    """A primary without a standby must not wait for one; a copy and a former primary have that setting."""
    with (data_dir / "postgresql.auto.conf").open("a") as settings:
        settings.write("synchronous_standby_names = ''\n")


@contextmanager
def running_pair(
    version: int = 18, is_synchronous: bool = True, settings: dict[str, str] | None = None
) -> Iterator[Pair]:
    """A primary and its standby for the time of the block; nothing is left of them."""
    with temporary_directory() as directory:
        primary = EmbeddedPostgres(directory / "primary", free_port(), version, durable=False, settings=settings)
        pair = None
        try:
            primary.start()
            pair = Pair(primary, directory, is_synchronous)
            yield pair
        finally:
            if pair is not None:
                pair.stop()
            primary.kill()


def databases_of(pair: Pair) -> PostgresServer:
    """The databases of the present primary."""
    return PostgresServer(pair.primary)
