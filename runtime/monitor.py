"""The port for whoever watches a process: its metrics, and whether it is alive and ready.

/metrics   all metrics, in Prometheus's text format, made of what the process knows: nobody else is asked meanwhile
/healthz   200 while the process answers at all
/readyz    200 if it can do its work, else 503 with what is wrong

It is a port of its own, by default for this machine only: metrics tell how a service is used, and are not for clients.
A port that is taken is told, and tried again: a process is worth more than its being watched.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
from http import HTTPStatus

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from runtime.outage import LONGEST_PAUSE, Outage
from runtime.probes import ALIVE, METRICS, READY, Complaints, answer_probe
from runtime.remedy import describe

TEXT = "text/plain; charset=utf-8"


class Monitor:
    """Answers whoever watches the part."""

    def __init__(self, registry: CollectorRegistry, complaints: Complaints, logger: logging.Logger) -> None:
        self._registry = registry
        self._complaints = complaints
        self._outage = Outage("the port for metrics", logger)
        # Set once it serves, or was kept from that.
        self._tried = asyncio.Event()

    @asynccontextmanager
    async def opened(self, host: str, port: int) -> AsyncIterator[None]:
        """Serve in the block, from its beginning unless the port is taken; nowhere if the port is 0."""
        serving = asyncio.create_task(self._serve(host, port))
        try:
            if port:
                await self._tried.wait()
            yield
        finally:
            serving.cancel()

    async def _serve(self, host: str, port: int) -> None:
        while port:
            try:
                async with serve(
                    _refuse, host, port, process_request=self._answer, compression=None, max_size=1, server_header=None
                ):
                    self._outage.end()
                    self._tried.set()
                    await asyncio.Future()
            except OSError as error:
                self._outage.note(f"{host}:{port}: {describe(error)}; see METRICS_HOST", is_partial=True)
                self._tried.set()
                await asyncio.sleep(LONGEST_PAUSE)

    def _answer(self, _connection: ServerConnection, request: Request) -> Response:
        path = request.path.partition("?")[0]
        if request.method not in ("GET", "HEAD"):
            return _response(request, HTTPStatus.METHOD_NOT_ALLOWED, b"only GET and HEAD are answered here\n")
        if path == METRICS:
            return _response(request, HTTPStatus.OK, generate_latest(self._registry), CONTENT_TYPE_LATEST)
        status, text = answer_probe(path, self._complaints) or (
            HTTPStatus.NOT_FOUND,
            f"there are {METRICS}, {ALIVE} and {READY}\n",
        )
        return _response(request, status, text.encode())


async def _refuse(connection: ServerConnection) -> None:
    """Never called: every request is answered before it becomes a WebSocket."""
    await connection.close()


def _response(request: Request, status: HTTPStatus, body: bytes, content_type: str = TEXT) -> Response:
    headers = Headers(
        {
            "Date": formatdate(usegmt=True),
            "Connection": "close",
            "Cache-Control": "no-store",
            "Content-Type": content_type,
            "Content-Length": str(len(body)),
        }
    )
    return Response(status.value, status.phrase, headers, b"" if request.method == "HEAD" else body)
