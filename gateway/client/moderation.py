"""Does what a moderator asks for: whatever comes of it, one MODERATE answers it."""

from gateway.access.grant import Grant
from gateway.client.limits import Allowances
from gateway.client.lobby import Lobby
from gateway.client.messages import FAULT, explain_question, storable
from gateway.errors import GatewayError, RefusedError, note_fault
from gateway.postgres.records import Order
from proto import chatmessage_pb2 as pb

ALL_ROOMS = -1
"""What `roomid` says for all rooms."""
SHOWN_CHARS = 100
"""Characters of an action or a name that are handed on, one more than any has; and of a reason MAX_REASON_CHARS."""
MAX_REASON_CHARS = 501
NOT_JOINED = "join a room before moderating"
REASON_CHARS = 4000


async def answer(
    lobby: Lobby, wish: pb.chatmessage, place: tuple[str, int] | None, grant: Grant | None, allowances: Allowances
) -> pb.chatmessage:
    """The answer to whoever has a place, a name and a room, with what their token grants: in `comment` what was done,
    or the `reason` why nothing was; raises nothing."""
    reply = pb.chatmessage(mtype=pb.MODERATE, action=wish.action[:SHOWN_CHARS])
    if wish.HasField("request"):
        reply.request = wish.request
    if place is None:
        reply.reason = NOT_JOINED
        return reply
    username, own_room = place
    asked = wish.roomid if wish.HasField("roomid") else own_room
    room_id = None if asked == ALL_ROOMS else asked
    reason = _explain_missing_right(room_id, grant) or allowances.explain_question(wish.mtype)
    if reason is None:
        try:
            reply.comment = await _moderate(lobby, _order(wish, room_id, username))
        except GatewayError as error:
            reason = explain_question(error)
        except Exception as error:
            note_fault("a bug in moderating", error)
            reason = FAULT
    if reason is not None:
        reply.reason = reason[:REASON_CHARS]
    return reply


async def _moderate(lobby: Lobby, order: Order) -> str:
    """On the room's server; what is about all rooms on all servers, of which one may have nothing to take back."""
    servers = list(lobby.servers) if order.room_id is None else [lobby.server_of(order.room_id)]
    done: list[str] = []
    refused: list[RefusedError] = []
    for server in servers:
        try:
            await lobby.elsewhere.tell(server)
            done.append(await server.database.moderate(order))
        except RefusedError as error:
            refused.append(error)
        except GatewayError as error:
            if not done:
                raise
            names = ", ".join(each.name or "" for each in servers[len(done) + len(refused) :])
            raise RefusedError(f"done but for the rooms of server {names}: {error}; ask for it again") from error
    if not done:
        raise refused[0]
    return done[0]


def _explain_missing_right(room_id: int | None, grant: Grant | None) -> str | None:
    if grant is not None and grant.may_moderate(room_id):
        return None
    return f"you are no moderator of {'all rooms' if room_id is None else f'room {room_id}'}"


def _order(wish: pb.chatmessage, room_id: int | None, moderator: str) -> Order:
    return Order(
        action=storable(wish.action[:SHOWN_CHARS]),
        room_id=room_id,
        username=storable(wish.user[:SHOWN_CHARS]) or None,
        seq=min(wish.seq, 2**62) if wish.HasField("seq") else None,
        seconds=wish.seconds or None,
        reason=storable(wish.comment[:MAX_REASON_CHARS]) or None,
        moderator=moderator,
    )
