"""Requests to JetStream's API as plain JSON: times keep their nanoseconds, and unknown settings keep their values."""

import json
from typing import Any

import nats.errors
from nats.aio.client import Client

from bridge.errors import BridgeError, SourceError

TIMEOUT = 5.0
MESSAGE_NOT_FOUND = 10037
STREAM_NOT_FOUND = 10059
SUBJECTS_OVERLAP = 10065
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


async def is_offered(client: Client) -> bool:
    """Whether the server offers JetStream to this account; raises SourceError if it does not say."""
    try:
        await ask(client, "INFO")
    except AbsentError:
        return False
    except ApiError as error:
        if error.code in _NOT_ENABLED:
            return False
        raise SourceError(f"JetStream: {error}") from error
    return True
