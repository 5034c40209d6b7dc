"""Does a gateway take connections?"""

import ssl

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect


def greets(host: str, port: int, timeout: float = 2.0, tls: ssl.SSLContext | None = None) -> bool:
    """True if host:port takes a WebSocket connection within `timeout` seconds, over TLS where a context is given."""
    address = f"[{host}]" if ":" in host else host
    try:
        # The handshake's answer is enough: a busy gateway may be slow to say goodbye.
        url = f"{'ws' if tls is None else 'wss'}://{address}:{port}"
        connect(url, ssl=tls, open_timeout=timeout, close_timeout=0.2, proxy=None).close()
    except (OSError, WebSocketException):
        return False
    return True
