"""Opens psql on the chat database, with the rights of one who reads, unless more are asked for.

A name alone is looked for as in the database's other sessions, and then in room_filter.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NoReturn
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import psycopg2

from runtime.errors import MissingServerError
from runtime.primary import primary_url
from runtime.role import FIND_ROLE
from servers.postgres import DEFAULT_VERSION, install_dir

CONNECT_SECONDS = 10
SEARCH_PATH = "public,chat,room_filter,feed"


def open_psql(database_url: str, arguments: Sequence[str], part: str | None = None) -> NoReturn:
    """Become psql, with the rights of a part's role (inspector, operator), or those of the login for None.

    Raises MissingServerError if there is no psql, NoPrimaryError, and what psycopg2 raises if there is no server.
    """
    program = find_psql()
    url = primary_url(database_url)
    address, password = hide_password(url)
    environ = dict(os.environ)
    role = find_role(url, part) if part is not None else None
    # As the server takes options apart (PostgreSQL's documentation, section 34.1.2).
    right = "" if role is None else "-c role=" + re.sub(r"([\\\s])", r"\\\1", role)
    environ["PGOPTIONS"] = f"-c search_path={SEARCH_PATH} {right} {environ.get('PGOPTIONS', '')}".strip()
    if password is not None:  # Not on the command line, which everybody on this machine can read.
        environ["PGPASSWORD"] = password
    os.execve(program, [str(program), address, *arguments], environ)


def find_role(url: str, part: str) -> str | None:
    """The role of a part that whoever logs in may take; None if there is none. Raises what psycopg2 raises."""
    with closing(psycopg2.connect(url, connect_timeout=CONNECT_SECONDS)) as connection, connection.cursor() as cursor:
        cursor.execute(FIND_ROLE.format(part=part))
        found = cursor.fetchone()
    return None if found is None else str(found[0])


def find_psql() -> Path:
    """psql of PATH if it is no older than our server, else the wheel's, else an older one."""
    found = shutil.which("psql")
    if found is not None and _version(found) >= DEFAULT_VERSION:
        return Path(found)
    try:
        return install_dir() / "bin" / "psql"
    except MissingServerError:
        if found is None:
            raise MissingServerError("psql is not installed; pip install 'edge-chatroom[embedded]' has one") from None
        return Path(found)


def _version(program: str) -> int:
    try:
        text = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    match = re.search(r"\b(\d+)", text)
    return int(match[1]) if match else 0


def hide_password(url: str) -> tuple[str, str | None]:
    """A URL without the password, which stands before the host or among the parameters, and the password."""
    parts = urlsplit(url)
    parameters = parse_qsl(parts.query, keep_blank_values=True)
    password = dict(parameters).get("password") or (None if parts.password is None else unquote(parts.password))
    account, at, address = parts.netloc.rpartition("@")
    query = urlencode([pair for pair in parameters if pair[0] != "password"], quote_via=quote)
    return parts._replace(netloc=f"{account.partition(':')[0]}{at}{address}", query=query).geturl(), password
