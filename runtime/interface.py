"""Whether this process and the database understand each other."""

from collections.abc import Awaitable, Callable

import asyncpg

INTERFACE_VERSION = 9
"""Of what gateways and bridges call; the same number is in db/functions/naming/interface_version.sql."""


class InterfaceError(Exception):
    """The database was brought up to date by another version than this process is of; the message says what to do."""


async def require_same_interface(ask: Callable[[], Awaitable[object]]) -> None:
    """Ask for the database's version; raises InterfaceError if it is another one than ours, and what `ask` raises."""
    try:
        version = await ask()
    except (asyncpg.UndefinedFunctionError, asyncpg.InvalidSchemaNameError):
        version = 0
    if version == INTERFACE_VERSION:
        return
    remedy = (
        "run `edgechat migrate` of the version that runs here"
        if isinstance(version, int) and version < INTERFACE_VERSION
        else "it was migrated by a newer version: start that one here, too"
    )
    raise InterfaceError(f"the database has interface {version}, and this process knows {INTERFACE_VERSION}: {remedy}")
