"""Which encoding a connection has, by the WebSocket subprotocols that its client offers."""

from collections.abc import Sequence

from websockets.typing import Subprotocol

from gateway.encoding.binary import ORIGINAL, PROTO
from gateway.encoding.encoding import Encoding
from gateway.encoding.text import JSON
from proto.subprotocol import JSON_SUBPROTOCOL, SUBPROTOCOL

ENCODINGS: dict[Subprotocol, Encoding] = {Subprotocol(SUBPROTOCOL): PROTO, Subprotocol(JSON_SUBPROTOCOL): JSON}


def choose(offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """The first one of ours; without any the connection has none, as in the original: nobody is turned away."""
    return next((name for name in offered if name in ENCODINGS), None)


def encoding_of(chosen: Subprotocol | None) -> Encoding:
    """What a client is spoken to in; a client of the original offers no subprotocol."""
    return ORIGINAL if chosen is None else ENCODINGS[chosen]
