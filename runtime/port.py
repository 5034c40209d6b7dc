"""Is a TCP port free, and does anybody answer there?"""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from runtime.errors import PortTakenError


def require_free(host: str, port: int, who: str, variable: str) -> None:
    """Raise PortTakenError, naming the environment variable that moves `who`, unless host:port can be listened on."""
    probe = socket.socket(_family(host), socket.SOCK_STREAM)
    with probe, _explained(host, port, who, variable):
        # As the servers do: connections of a former run in TIME_WAIT are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        probe.listen(1)


def reserve(host: str, port: int, who: str, variable: str) -> socket.socket:
    """Take host:port for processes of ours that share it; raises PortTakenError if it is not free.

    The socket that is returned accepts no connections. While it is open, only processes of this user can listen there,
    and only with SO_REUSEPORT.
    """
    holder = socket.socket(_family(host), socket.SOCK_STREAM)
    try:
        with _explained(host, port, who, variable):
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            holder.bind((host, port))
        # Only now: with SO_REUSEPORT from the start, two processes could both reserve the same port.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    except BaseException:
        holder.close()
        raise
    return holder


def answers(host: str, port: int, timeout: float = 1.0) -> bool:
    """True if a TCP connection to host:port is accepted within `timeout` seconds."""
    try:
        with socket.create_connection((host, port), timeout):
            return True
    except OSError:
        return False


def local_address(host: str) -> str:
    """The address, as seen from this machine, of what listens on `host`, which may stand for all addresses."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


@contextmanager
def _explained(host: str, port: int, who: str, variable: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(
                f"port {port} on {host} is taken, and {who} needs it; stop what listens there, "
                f"or choose another: {variable}={port + 1}"
            ) from None
        raise PortTakenError(f"{who} cannot listen on {host}:{port}: {error.strerror}; see {variable}") from None
