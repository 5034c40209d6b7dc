"""URLs that may name several hosts are taken apart, and shown without their passwords."""

import pytest

from edgechat.look.screen import public_url
from runtime.url import split_authority


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("postgresql://u:p@a:1,[::1]:2/d?x=/", ("postgresql", "u:p@a:1,[::1]:2", "/d?x=/")),
        ("postgresql://u@a?host=b", ("postgresql", "u@a", "?host=b")),
        ("postgresql:///d", ("postgresql", "", "/d")),
        ("nats://a:4222", ("nats", "a:4222", "")),
    ],
)
def test_the_authority_ends_where_something_else_begins(url: str, parts: tuple[str, str, str]) -> None:
    """At a path, a query, or the end."""
    assert split_authority(url) == parts


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@a:1,[::1]:2/d?password=p", "postgresql://u@a:1,[::1]:2/d"),
        ("postgresql://u:p%40@a/d", "postgresql://u@a/d"),
        ("nats://token@a:4222", "nats://token@a:4222"),
        ("nats://a:4222", "nats://a:4222"),
    ],
)
def test_a_password_is_not_shown(url: str, shown: str) -> None:
    """Neither before the hosts nor in the query."""
    assert public_url(url) == shown
