"""Is a TCP port ours to take, does anybody answer there?"""

import errno
import socket

from edgechat.errors import PortTakenError


def require_free(host: str, port: int, who: str, variable: str) -> None:
    """Raise PortTakenError, naming the environment variable that moves `who`, unless host:port can be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the servers do: connections of a former run that linger in TIME_WAIT are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTakenError(
                    f"port {port} on {host} is taken, and {who} needs it; stop what listens there, "
                    f"or choose another: {variable}={port + 1}"
                ) from None
            raise PortTakenError(f"{who} cannot listen on {host}:{port}: {error.strerror}; see {variable}") from None


def answers(host: str, port: int, timeout: float = 1.0) -> bool:
    """True if a TCP connection to host:port is accepted within `timeout` seconds."""
    try:
        with socket.create_connection((host, port), timeout):
            return True
    except OSError:
        return False


def greets(host: str, port: int, timeout: float = 2.0) -> bool:
    """True if host:port takes a WebSocket connection within `timeout` seconds."""
    from websockets.exceptions import WebSocketException
    from websockets.sync.client import connect

    address = f"[{host}]" if ":" in host else host
    try:
        # An answer counts, not the farewell, which a busy gateway may be slow with.
        connect(f"ws://{address}:{port}", open_timeout=timeout, close_timeout=0.2, proxy=None).close()
    except (OSError, WebSocketException):
        return False
    return True


def local_address(host: str) -> str:
    """Where to reach from this machine what listens on `host`, which may mean every address."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)
