"""What every session that runs our SQL asks of Postgres, whatever somebody has set for the server, database or role."""

from collections.abc import Mapping

SESSION_SETTINGS: Mapping[str, str] = {
    # Functions are read anew in each session: with the former meaning of a backslash they would say something else.
    "standard_conforming_strings": "on",
}
