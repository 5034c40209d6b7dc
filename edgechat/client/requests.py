"""The messages that a client sends."""

from proto.chatmessage_pb2 import JOIN_REQ, chatmessage, msgtype


def join_request(
    user: str,
    roomid: int,
    resume_after: int | None = None,
    history: int | None = None,
    resume_token: str | None = None,
    auth_token: str | None = None,
) -> chatmessage:
    """A JOIN_REQ; what is None is left out."""
    return chatmessage(
        mtype=JOIN_REQ,
        user=user,
        roomid=roomid,
        resume_after=resume_after,
        history=history,
        resume_token=resume_token,
        auth_token=auth_token,
    )


def member_request(mtype: msgtype, member: tuple[str, int] | None, comment: str | None = None) -> chatmessage:
    """A COMMENT or FILTER with its sender's name and room, which the original passes on as they are."""
    user, roomid = member or (None, None)
    return chatmessage(mtype=mtype, user=user, roomid=roomid, comment=comment)


def is_welcome(message: chatmessage, user: str) -> bool:
    """Whether this is the own USERJOINED of whoever asked to join as `user`.

    The service may write the name in another way (without spaces around it, for one), and gives a token to nobody else.
    The original gave none, and wrote names as they came.
    """
    return message.userstatus == "USERJOINED" and (bool(message.resume_token) or message.user == user)
