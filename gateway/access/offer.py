"""The token that a client shows in the WebSocket handshake."""

import re

from websockets.http11 import Request

from gateway.access.errors import TokenError

TOKEN_SUBPROTOCOL = "edgechat.auth."
"""Before the token among the subprotocols that are offered; browsers let pages set nothing else. It is never chosen."""
HOW = (
    "send it as `auth_token` in the JOIN_REQ, as a subprotocol `edgechat.auth.` with the token behind it, or as "
    "`Authorization: Bearer` in the handshake"
)
IN_URL = re.compile(r"[?&;](?:\w*token|jwt|bearer|authorization)=|eyJ[\w-]+\.eyJ", re.IGNORECASE)
"""What looks like a token in a URL: the name of a parameter, or the beginnings of two objects in base64url."""


def offered_token(request: Request) -> str:
    """The token of a handshake; raises TokenError where there is none.

    One in the URL is not taken, since URLs are kept in logs and histories (RFC 6750, section 5.3).
    """
    for header in request.headers.get_all("Sec-WebSocket-Protocol"):
        for name in header.split(","):
            if name.strip().startswith(TOKEN_SUBPROTOCOL):
                return name.strip().removeprefix(TOKEN_SUBPROTOCOL)
    for header in request.headers.get_all("Authorization"):
        scheme, _, token = header.strip().partition(" ")
        if scheme.lower() == "bearer":
            return token.strip()
    if IN_URL.search(request.path):
        raise TokenError(f"a token in the URL is not taken, since URLs are kept in logs; get a new one, and {HOW}")
    raise TokenError(f"a token is needed to join; {HOW}")
