"""Who the client is, where the service asks for a token (docs/protocol.md, "Who may come in")."""

from collections.abc import Awaitable, Callable

Token = str | Callable[[], Awaitable[str]]
"""A token, or what gives a fresh one whenever the client joins or comes back."""


async def shown(token: Token | None) -> str | None:
    """The token to show now; raises what the function raises that gives it."""
    return await token() if callable(token) else token
