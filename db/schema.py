"""Writes db/schema.sql: what the migrations come to, for people to read and for reviews to see what a change does.

`python -m db.schema` makes an embedded database for it. Functions are left out, their files tell more.
"""

import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from db.apply import HERE, migrate
from servers.postgres import EmbeddedPostgres

SCHEMA = HERE / "schema.sql"
HEAD = """\
-- What the migrations come to, written by `make schema` and compared by a test; nothing is made from it.
"""


def dump(pg_dump: Path, database_url: str) -> str:
    """All definitions in a database; raises CalledProcessError."""
    command = [str(pg_dump), "--schema-only", "--no-owner", "--no-privileges", database_url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # These differ from dump to dump and from server to server.
    passing = ("\\restrict", "\\unrestrict", "-- Dumped")
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(passing))


def describe(pg_dump: Path, database_url: str) -> str:
    """What stands in db/schema.sql: all of schemas chat and feed but their functions, and what is ours in public."""
    objects = dump(pg_dump, database_url).split("\n--\n-- Name: ")[1:]
    kept = [text for text in objects if _is_ours(text.split("\n", 1)[0])]
    return HEAD + "".join("\n" + text.split("\n--\n", 1)[1].strip() + "\n" for text in kept)


def _is_ours(head: str) -> bool:
    if "; Schema: public; " in head:
        return "yoyo" not in head
    return ("; Schema: chat; " in head or "; Schema: feed; " in head) and "; Type: FUNCTION;" not in head


def write() -> None:
    """Make a database, migrate it and write its description."""
    directory = Path(tempfile.mkdtemp(prefix="edgechat-schema-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = EmbeddedPostgres(directory / "data", port, durable=False)
    try:
        server.start()
        server.create_database("schema")
        migrate(server.url("schema"))
        SCHEMA.write_text(describe(server.install / "bin" / "pg_dump", server.url("schema")), encoding="utf-8")
    finally:
        server.stop()
        shutil.rmtree(directory)


if __name__ == "__main__":
    write()
