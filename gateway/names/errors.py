"""The error of names."""


class BadNameError(Exception):
    """Nobody may be called so; the message says why, and what is allowed."""
