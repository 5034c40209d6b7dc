"""Does a gateway take connections? And how it is spoken to, with TLS or without."""

import ssl

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from runtime.limit_settings import LimitSettings


def scheme(kind: str, limits: LimitSettings) -> str:
    """`ws` or `http`, with an s where the gateway has a certificate."""
    return f"{kind}s" if limits.certificate else kind


def local_tls(limits: LimitSettings) -> ssl.SSLContext | None:
    """For questions to the gateway on this machine; None where it speaks no TLS.

    Its certificate is for the name that others know it by, and the answer is no secret: it is not checked.
    """
    if limits.certificate is None:
        return None
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


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
