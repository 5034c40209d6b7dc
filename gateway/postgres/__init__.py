"""Postgres as a gateway needs it: its calls, its notifications, its logs."""
