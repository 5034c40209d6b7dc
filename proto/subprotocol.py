"""The WebSocket subprotocol by which a client says that it can parse all that docs/protocol.md describes."""

SUBPROTOCOL = "edgechat.proto"
"""Whoever does not offer it may be a client of the original, which cannot parse a type of message it does not know."""
