"""The gateway's errors.

GatewayError
└── DatabaseAwayError   Postgres cannot be reached, or was lost during a call whose outcome is not known
"""

import asyncpg

CONNECTION_ERRORS = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""What asyncpg raises when Postgres is away, starting, stopping, or does not answer in time."""


class GatewayError(Exception):
    """Anything that the gateway raises itself."""


class DatabaseAwayError(GatewayError):
    """Postgres cannot be reached, or was lost during a call: what it was asked may or may not have been done."""
