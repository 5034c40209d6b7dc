"""The WebSocket subprotocols by which a client says that it can parse all that docs/protocol.md describes."""

SUBPROTOCOL = "edgechat.proto"
"""In protobuf. Whoever offers neither may be a client of the original, which cannot parse a type of message it does not
know."""
JSON_SUBPROTOCOL = "edgechat.json"
"""In JSON."""
