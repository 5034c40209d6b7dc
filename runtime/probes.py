"""What is asked of a process over HTTP, and the answers to whoever asks whether it lives and is ready."""

from collections.abc import Callable
from http import HTTPStatus

METRICS, ALIVE, READY = "/metrics", "/healthz", "/readyz"

Complaints = Callable[[], list[str]]
"""Says what keeps a process from its work, in words of ours that tell nothing secret; nothing if it is ready."""


def answer_probe(path: str, complaints: Complaints) -> tuple[HTTPStatus, str] | None:
    """The answer to /healthz and /readyz; None for any other path."""
    if path == ALIVE:
        return HTTPStatus.OK, "alive\n"
    if path == READY:
        words = complaints()
        if words:
            return HTTPStatus.SERVICE_UNAVAILABLE, f"not ready: {'; '.join(words)}\n"
        return HTTPStatus.OK, "ready\n"
    return None
