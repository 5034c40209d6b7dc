"""What the claims of a token allow."""

import time
from typing import Any

import pytest

from gateway.access.errors import TokenError
from gateway.access.grant import read_grant

ALL = range(3)


def claims(**more: Any) -> dict[str, Any]:
    """Those that each token has, and more."""
    return {"sub": "zoe", "exp": 2_000_000_000} | more


def test_what_is_absent_is_allowed_but_moderating() -> None:
    """In all rooms."""
    grant = read_grant(claims())
    assert (grant.name, grant.expires_at, grant.rooms) == ("zoe", 2e9, None)
    assert grant.may_comment
    assert grant.may_filter
    assert grant.may_preview
    assert all(grant.allows_room(room) and not grant.may_moderate(room) for room in ALL)


@pytest.mark.parametrize(("claim", "rooms"), [(True, {0, 1, 2}), (False, set()), ([1], {1}), ([], set())])
def test_moderators_are_so_in_all_rooms_or_some(claim: object, rooms: set[int]) -> None:
    """Whether it stands among the others or in the object."""
    for grant in (read_grant(claims(moderate=claim)), read_grant(claims(edgechat={"moderate": claim}))):
        assert {room for room in ALL if grant.may_moderate(room)} == rooms


def test_no_rooms_are_none() -> None:
    """An empty list is no absent one."""
    assert not any(read_grant(claims(rooms=[])).allows_room(room) for room in ALL)
    assert {room for room in ALL if read_grant(claims(rooms=[2, 0])).allows_room(room)} == {0, 2}


def test_a_name_of_people_goes_before_an_id() -> None:
    """`name`, else `sub`."""
    assert read_grant(claims(name="Zoë")).name == "Zoë"
    assert read_grant(claims(name=None)).name == "zoe"


@pytest.mark.parametrize(
    "more",
    [
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"name": ["zoe"]},
        {"name": "\ud800"},
        {"rooms": "1"},
        {"rooms": [True]},
        {"rooms": [1.0]},
        {"rooms": {"1": 2}},
        {"comment": "no"},
        {"filter": 0},
        {"preview": []},
        {"moderate": "yes"},
        {"moderate": ["1"]},
        {"exp": 10**400},
        {"edgechat": []},
        {"edgechat": {"comment": None}},
    ],
)
def test_claims_of_another_type_are_refused(more: dict[str, Any]) -> None:
    """Rather than taken for what they may mean."""
    with pytest.raises(TokenError):
        read_grant(claims(**more))


def test_times_may_have_fractions() -> None:
    """RFC 7519 has numbers of seconds."""
    assert read_grant({"sub": "zoe", "exp": time.time() + 0.5}).expires_at % 1 != 0
