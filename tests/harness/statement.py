"""One statement over a connection of its own."""

from typing import Any

import psycopg2


def query(url: str, statement: str, *arguments: object) -> list[tuple[Any, ...]]:
    """The rows of a statement."""
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, arguments or None)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()
