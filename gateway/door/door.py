"""The look at each handshake: plain requests get the page, and who is not let in an answer that says why."""

from collections.abc import Callable
from http import HTTPStatus

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from gateway.door import descriptors
from gateway.door.address import Addresses, client_of
from gateway.door.counter import ConnectionCounter
from gateway.door.origins import Origins
from gateway.door.paced import PacedConnection
from gateway.door.refusals import Refusals
from runtime.limit_settings import LimitSettings

RETRY_SECONDS = 10
"""What those are told who may come back when others have left."""
SHOWN = 200
"""Characters of a header that are repeated."""

Answer = Callable[[ServerConnection, Request], Response | None]


class Door:
    """The WebSocket server's `process_request`.

    A connection counts from the moment it is let in until its socket has ended, whatever becomes of it in between: it
    takes itself off.
    """

    def __init__(self, settings: LimitSettings, site: Answer) -> None:
        """`site` answers requests that ask for no WebSocket."""
        self._site = site
        self._addresses = Addresses(settings.trusted_proxies)
        self._origins = Origins(settings.allowed_origins)
        most = descriptors.allow(settings.max_connections)
        self.counter = ConnectionCounter(most, settings.max_connections_per_address)
        self.refusals = Refusals()

    def __call__(self, connection: ServerConnection, request: Request) -> Response | None:
        """An answer to a plain request or to a client that is not let in; None for one that is."""
        assert isinstance(connection, PacedConnection)
        answer = self._site(connection, request)
        if answer is not None:
            return answer
        peer = connection.peer
        origin, host = request.headers.get_all("Origin"), self._addresses.host(peer, request.headers)
        if not all(self._origins.allows(each, host) for each in origin):
            return self._refuse(connection, HTTPStatus.FORBIDDEN, _foreign(", ".join(origin), host))
        address = self._addresses.client(peer, request.headers)
        client = "" if address is None else client_of(address)
        if self.counter.is_full():
            words = f"there are as many connections as this gateway takes: {self.counter.most} (MAX_CONNECTIONS)"
            return self._refuse(connection, HTTPStatus.SERVICE_UNAVAILABLE, words)
        if self.counter.is_full_for(client):
            words = (
                f"{client} has as many connections as one address may have: {self.counter.most_per_address} "
                "(MAX_CONNECTIONS_PER_ADDRESS; if that is a proxy, TRUSTED_PROXIES must name it)"
            )
            return self._refuse(connection, HTTPStatus.TOO_MANY_REQUESTS, words)
        self.counter.add(client)
        connection.when_lost(lambda: self.counter.remove(client))
        return None

    def _refuse(self, connection: ServerConnection, status: HTTPStatus, words: str) -> Response:
        self.refusals.note(status, words)
        response = connection.respond(status, f"{words}\n")
        if status is not HTTPStatus.FORBIDDEN:
            response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response


def _foreign(origin: str, host: str) -> str:
    return (
        f"pages of {origin[:SHOWN]!r} may not connect to {host[:SHOWN]!r}; ALLOWED_ORIGINS says which may, "
        "and a proxy in between must pass on the header Host"
    )
