"""Operators who moderate in SQL."""

import asyncpg

from harness.rooms import Rooms


async def call(rooms: Rooms, what: str) -> str:
    """What a function of schema chat answers, as in `call(rooms, "open_room(0)")`."""
    return str(await rooms.connection.fetchval(f"select chat.{what}"))


async def refused(rooms: Rooms, what: str) -> tuple[str, str, str]:
    """The SQLSTATE, the message and the hint of what such a call raises."""
    try:
        done = await call(rooms, what)
    except asyncpg.PostgresError as error:
        return str(error.sqlstate), str(error.args[0]), str(getattr(error, "hint", ""))
    raise AssertionError(f"{what} was not refused: {done}")
