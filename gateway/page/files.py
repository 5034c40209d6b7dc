"""The page's files, read once when the process starts: nothing else of the disk can be asked for."""

import hashlib
from importlib.resources import files
from typing import NamedTuple

INDEX = "index.html"
CONTENT_TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
"""By the ending of the name. A file that ends in something else is none of the page."""


class File(NamedTuple):
    """A file as it is sent; the tag changes with each change of the body."""

    body: bytes
    content_type: str
    etag: str


def load_files() -> dict[str, File]:
    """All files of the page by their names."""
    found = {}
    for entry in files(__package__).joinpath("static").iterdir():
        content_type = CONTENT_TYPES.get(entry.name.rpartition(".")[2])
        if content_type is not None:
            body = entry.read_bytes()
            found[entry.name] = File(body, content_type, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
    return found
