"""Requests to JetStream's API as plain JSON: times keep their nanoseconds, and unknown settings keep their values."""

import asyncio
import json
import time
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from bridge.errors import BridgeError, SourceError

TIMEOUT = 5.0
# A question that is only asked is asked again meanwhile: one that came while a cluster had no leader is never answered,
# and an election takes seconds.
REPEAT_SECONDS = 1.0
QUESTIONS = ("INFO", "STREAM.INFO.", "STREAM.MSG.GET.", "STREAM.NAMES")
NO_PEERS = 10005
NAME_IN_USE = 10058
INVALID_CONFIG = 10052
MESSAGE_NOT_FOUND = 10037
STREAM_NOT_FOUND = 10059
SUBJECTS_OVERLAP = 10065
TOO_MANY_REPLICAS = 10074
# The account has no JetStream; the server has it, but for no account.
_NOT_ENABLED = (10039, 10076)


class ApiError(BridgeError):
    """JetStream refused a request; has its words and its error code."""

    def __init__(self, description: str, code: int) -> None:
        super().__init__(description)
        self.code = code


class AbsentError(SourceError):
    """Nobody answers requests to JetStream: the server does not have it, or not now."""


async def ask(client: Client, name: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """The answer to the request $JS.API.<name>; raises ApiError if it is refused, SourceError if there is none."""
    payload = json.dumps(body).encode() if body else b""
    try:
        if name.startswith(QUESTIONS):
            message = await _ask_again(client, f"$JS.API.{name}", payload)
        else:
            message = await client.request(f"$JS.API.{name}", payload, timeout=TIMEOUT)
    except nats.errors.NoRespondersError:
        raise AbsentError("the server has no JetStream at present") from None
    except TimeoutError:
        raise SourceError("JetStream does not answer") from None
    except (OSError, nats.errors.Error) as error:
        raise SourceError(str(error) or type(error).__name__) from error
    answer: dict[str, Any] = json.loads(message.data)
    if "error" in answer:
        refusal = answer["error"]
        raise ApiError(refusal.get("description", "refused"), refusal.get("err_code", 0))
    return answer


async def _ask_again(client: Client, subject: str, payload: bytes) -> Msg:
    """The first answer to a question that is asked every second; raises what nats-py raises."""
    asked: list[asyncio.Task[Msg]] = []
    end = time.monotonic() + TIMEOUT
    try:
        while (left := end - time.monotonic()) > 0:
            asked.append(asyncio.create_task(client.request(subject, payload, timeout=left)))
            done, _ = await asyncio.wait(asked, timeout=REPEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if done:
                return done.pop().result()
        raise TimeoutError
    finally:
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)


async def is_offered(client: Client) -> bool:
    """Whether the server offers JetStream to this account; raises SourceError if it does not say.

    In a cluster nobody answers while too few servers are there, or none leads: a server that says on connecting that it
    has JetStream has it, and is asked again. A plain subscription would lose what is published meanwhile, and store
    twice what a stream keeps as well.
    """
    try:
        await ask(client, "INFO")
    except AbsentError:
        if client._server_info.get("jetstream"):
            raise SourceError("JetStream is there and does not answer: its cluster has no leader at present") from None
        return False
    except ApiError as error:
        if error.code in _NOT_ENABLED:
            return False
        raise SourceError(f"JetStream: {error}") from error
    return True
