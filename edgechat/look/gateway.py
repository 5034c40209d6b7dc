"""Does a gateway take connections?"""

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect


def greets(host: str, port: int, timeout: float = 2.0) -> bool:
    """True if host:port takes a WebSocket connection within `timeout` seconds."""
    address = f"[{host}]" if ":" in host else host
    try:
        # The handshake's answer is enough: a busy gateway may be slow to say goodbye.
        connect(f"ws://{address}:{port}", open_timeout=timeout, close_timeout=0.2, proxy=None).close()
    except (OSError, WebSocketException):
        return False
    return True
