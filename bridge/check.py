"""Whether the bridge could carry a feed, before it is added: Postgres, which adds it, knows nothing of protobuf."""

import re
from collections.abc import Sequence

from bridge.decoder import make_decoder
from bridge.feed import Column, Feed
from bridge.protobuf_format import load_messages

TYPES = {"float": "numeric", "timestamp": "timestamptz"}
"""As people write them, and as Postgres has them, where that differs (chat.type_by_name)."""
_TEXTS = ("text", "text[]", "jsonb")
# Of each text, as add_feed has it.
_MAX_BYTES = 65_536
_COLUMN = re.compile(r"([^:=]*):([^=]*)(?:=(.*))?")


def check_feed(
    format: str, columns: Sequence[str], message_type: str | None = None, descriptor: bytes | None = None
) -> None:
    """Raise FeedError, in words for whoever adds the feed, if the bridge could not carry it.

    `columns` are texts `name:type=path`, as chat.add_feed takes them; one that is not so is left for it to refuse.
    """
    load_messages()
    texts = ["line:text", *columns] if format == "text" else columns
    found = [match.groups() for text in texts if (match := _COLUMN.fullmatch(text))]
    make_decoder(Feed("", "", tuple(_column(*groups) for groups in found), format, message_type, descriptor))


def _column(name: str, type_name: str, path: str | None) -> Column:
    kept = TYPES.get(type_name.lower(), type_name.lower())
    sent_as = {"numeric": "double precision", "text[]": "text", "jsonb": "text"}.get(kept, kept)
    return Column(name, path or name, kept, sent_as, _MAX_BYTES if kept in _TEXTS else None)
