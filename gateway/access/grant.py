"""What a token allows, as its claims say (docs/protocol.md, "Who may come in")."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.access.errors import TokenError

OWN_CLAIMS = "edgechat"
"""The claim whose object has ours, if a token has it; they stand among the others if not."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom a token lets in, where to, and what they may do there, until when (seconds since 1970).

    `rooms` is None for all rooms. `moderates` has the rooms in which the bearer has a moderator's rights: None for all,
    and none by default.
    """

    name: str
    expires_at: float
    rooms: frozenset[int] | None = None
    may_comment: bool = True
    may_filter: bool = True
    may_preview: bool = True
    moderates: frozenset[int] | None = frozenset()

    def allows_room(self, room_id: int) -> bool:
        """Whether the bearer may join a room."""
        return self.rooms is None or room_id in self.rooms

    def may_moderate(self, room_id: int | None) -> bool:
        """Whether the bearer has a moderator's rights in a room; None asks for all rooms, those to come among them."""
        return self.moderates is None or room_id in self.moderates


def read_grant(claims: Mapping[str, Any]) -> Grant:
    """The grant in the claims of a token whose signature and times are good; raises TokenError."""
    own = claims.get(OWN_CLAIMS, claims)
    if not isinstance(own, Mapping):
        raise TokenError(f"the token's `{OWN_CLAIMS}` must be an object")
    moderate = own.get("moderate", False)
    if isinstance(moderate, bool):
        moderates = None if moderate else frozenset[int]()
    else:
        moderates = _rooms("moderate", moderate, "true, false or a list of room numbers")
    return Grant(
        name=_name(claims),
        expires_at=_expiry(claims["exp"]),
        rooms=None if own.get("rooms") is None else _rooms("rooms", own["rooms"], "a list of room numbers"),
        may_comment=_flag("comment", own),
        may_filter=_flag("filter", own),
        may_preview=_flag("preview", own),
        moderates=moderates,
    )


def _expiry(claim: Any) -> float:
    try:
        return float(claim)
    except OverflowError:
        raise TokenError("the token's `exp` is beyond all times") from None


def _name(claims: Mapping[str, Any]) -> str:
    """`name` if it is there, else `sub`."""
    claim = "name" if claims.get("name") is not None else "sub"
    name = claims.get(claim)
    if not isinstance(name, str) or not name:
        raise TokenError("the token names nobody: `name`, or else `sub`, must be a text that is not empty")
    try:
        name.encode()
    except UnicodeEncodeError:
        raise TokenError(f"the token's `{claim}` holds half of a surrogate pair") from None
    return name


def _rooms(claim: str, value: object, expected: str) -> frozenset[int]:
    if not isinstance(value, list) or not all(type(room) is int for room in value):
        raise TokenError(f"the token's `{claim}` must be {expected}")
    return frozenset(value)


def _flag(claim: str, own: Mapping[str, Any]) -> bool:
    value = own.get(claim, True)
    if not isinstance(value, bool):
        raise TokenError(f"the token's `{claim}` must be true or false")
    return value
