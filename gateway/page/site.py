"""Answers plain HTTP requests, those that ask for no WebSocket, with the files of the page."""

from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus

from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from gateway.page.files import INDEX, load_files
from runtime.probes import Complaints, answer_probe

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        # Of the same host, ws: and wss: too.
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing is loaded from elsewhere, nothing that somebody wrote can run, and no other page can frame this one."""
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What every answer has. Caches keep files, and ask each time whether they are still the same."""
METHODS = ("GET", "HEAD")
SERVERS = "servers.json"
"""Which server has which rooms, where there are several."""
HEALTH = "health"
"""What proxies ask for, to know whether a gateway is there: clients stay where they are while Postgres is away."""


class Site:
    """The page as the WebSocket server's `process_request`."""

    def __init__(self, complaints: Complaints, whereabouts: Callable[[], bytes]) -> None:
        """`complaints` are what keeps the gateway from its work, for /readyz; `whereabouts` tells SERVERS."""
        self._files = load_files()
        self._complaints = complaints
        self._whereabouts = whereabouts

    def __call__(self, _connection: ServerConnection, request: Request) -> Response | None:
        """An answer to a plain request; None for one that asks for a WebSocket, which may have any path."""
        if "Upgrade" in request.headers:
            return None
        if request.method not in METHODS:
            allowed = f"only {' and '.join(METHODS)} are answered here\n"
            return _text(HTTPStatus.METHOD_NOT_ALLOWED, allowed, request.method, Allow=", ".join(METHODS))
        name = _name(request.path)
        if name == HEALTH:
            return _text(HTTPStatus.OK, "this gateway takes connections\n", request.method)
        if name == SERVERS:
            headers = {"Content-Type": "application/json"}
            return _response(HTTPStatus.OK, self._whereabouts(), request.method, **headers)
        probed = answer_probe(f"/{name}", self._complaints)
        if probed is not None:
            return _text(*probed, request.method)
        file = self._files.get(name)
        if file is None:
            return _text(HTTPStatus.NOT_FOUND, "no such file; the page is at /\n", request.method)
        tags = ", ".join(request.headers.get_all("If-None-Match"))
        if file.etag in tags or tags == "*":
            return _response(HTTPStatus.NOT_MODIFIED, b"", request.method, ETag=file.etag)
        headers = {"Content-Type": file.content_type, "ETag": file.etag}
        return _response(HTTPStatus.OK, file.body, request.method, **headers)


def _name(path: str) -> str:
    """The file that a path means: what is behind the last slash, since a proxy may have put anything before it."""
    return path.partition("?")[0].rpartition("/")[2] or INDEX


def _text(status: HTTPStatus, text: str, method: str, **headers: str) -> Response:
    return _response(status, text.encode(), method, **headers, **{"Content-Type": "text/plain; charset=utf-8"})


def _response(status: HTTPStatus, body: bytes, method: str, **headers: str) -> Response:
    """The connection is closed behind it: the WebSocket library reads one request."""
    all_headers = Headers({"Date": formatdate(usegmt=True), "Connection": "close", **HEADERS, **headers})
    if status is not HTTPStatus.NOT_MODIFIED:
        all_headers["Content-Length"] = str(len(body))
    return Response(status.value, status.phrase, all_headers, b"" if method == "HEAD" else body)
