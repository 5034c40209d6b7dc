"""What a client is told that asked in vain, and that it was."""

from contextlib import suppress

from gateway.client import messages
from gateway.client.limits import Allowances
from gateway.client.lobby import Lobby
from gateway.client.outlet import Outlet
from gateway.errors import GatewayError
from gateway.postgres.records import Request
from gateway.tally import TALLY
from proto import chatmessage_pb2 as pb


class Refusals:
    """Those of one client: each is told, counted by its userstatus, and recorded, unless there are too many."""

    def __init__(self, lobby: Lobby, outlet: Outlet, allowances: Allowances) -> None:
        self._lobby = lobby
        self._outlet = outlet
        self._allowances = allowances

    async def tell(self, userstatus: str, reason: str, request: Request, error: GatewayError | None = None) -> None:
        """Answer a request with a ROOM_STATUS for its sender alone. With an error as its reason it is not waited until
        that can be recorded: the sender has waited for the same server."""
        await self._answer(userstatus, reason, request, can_wait=error is None)
        TALLY.refusals[userstatus] += 1

    async def tell_granted(self, userstatus: str, request: Request) -> None:
        """The same where it is no refusal."""
        await self._answer(userstatus, None, request, can_wait=True)

    def pass_on(self, answer: bytes) -> None:
        """A refusal that Postgres wrote and recorded."""
        TALLY.refusals[pb.chatmessage.FromString(answer).userstatus] += 1
        self._outlet.tell(answer)

    async def _answer(self, userstatus: str, reason: str | None, request: Request, *, can_wait: bool) -> None:
        answer = messages.refusal(userstatus, reason, request)
        server = self._lobby.server_of(request.room_id)
        if self._allowances.records.take() and (can_wait or server.listener.is_up.is_set()):
            # Where it cannot be recorded, the sender is told all the same.
            with suppress(GatewayError):
                await self._lobby.elsewhere.tell(server)
                answer = await server.database.refuse(userstatus, reason, request)
        self._outlet.tell(answer)
