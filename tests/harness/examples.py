"""The examples in a document: SQL, and what psql prints for it."""

import os
import re
import subprocess
from binascii import a2b_base64
from pathlib import Path
from typing import NamedTuple

from harness.servers import PostgresServer

SCHEMAS = "-c search_path=public,chat,room_filter,feed"
_EXAMPLE = re.compile(r"```sql\n(?P<query>.*?)\n```(\n```text\n(?P<shown>.*?)\n```)?", re.DOTALL)
_NOTIFICATION = re.compile(r'Asynchronous notification "(\w+)" with payload "(.*?)" received from [^\n]*', re.DOTALL)
_NO_RESULT = re.compile(r"^ \w+ *\n-+\n *\n\(1 row\)\n", re.MULTILINE)
_VOLATILE = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+\d\d"), "<time>"),
    (re.compile(r"\b1[78]\d{8}\b"), "<timetag>"),
    (re.compile(r"[\d.]+ µs"), "<duration>"),
    (re.compile(r"PID \d+"), "<process>"),
    (re.compile(r"-{3,}"), "---"),
    (re.compile(r" +"), " "),
)


class Example(NamedTuple):
    """A block of SQL, and the text below it; None where the document shows nothing."""

    query: str
    shown: str | None


def read(document: Path) -> list[Example]:
    """All examples of a document, in their order."""
    return [Example(match["query"], match["shown"]) for match in _EXAMPLE.finditer(document.read_text())]


def run(server: PostgresServer, database: str, queries: list[str]) -> list[str]:
    """What psql prints for each, all in one session, which stops at the first error."""
    mark = "--- the next example ---"
    script = f"\\echo '{mark}'\n".join(f"{query.rstrip(';')};\n" for query in queries)
    done = subprocess.run(
        [server.server.install / "bin" / "psql", "-X", "-v", "ON_ERROR_STOP=1", "-P", "pager=off", "-d", database],
        input=script,
        env=os.environ | {"PGOPTIONS": SCHEMAS, "PGTZ": "UTC"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split(f"{mark}\n")


def settle(text: str) -> str:
    """A text without what changes from run to run: times, and the width of columns."""
    for pattern, replacement in _VOLATILE:
        text = pattern.sub(replacement, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def shorten(text: str) -> str:
    """What psql printed, as a document shows it: notifications in a line each, messages in them as their sizes."""
    return _NO_RESULT.sub("", _NOTIFICATION.sub(lambda match: f"{match[1]}: {_shorten_payload(match[2])}", text))


def _shorten_payload(payload: str) -> str:
    """`C 1-2 CAQSAUE= CAISAUI=` as `C 1-2 <5 bytes> <5 bytes>`."""
    words = payload.split(" ")
    numbers = {"C": 2, "M": 3}.get(words[0], len(words))
    return " ".join([*words[:numbers], *(f"<{len(a2b_base64(word))} bytes>" for word in words[numbers:])])
