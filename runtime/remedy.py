"""An error of Postgres in one line for a person: what it said, and what to do where that is known."""

POOLER = "what is at this address seems to be a pooler in transaction mode: name Postgres itself, or use session mode"
REMEDIES = {
    "08P01": "what is at this address takes our settings not as Postgres does: name Postgres itself and no pooler",
    "25006": "it takes no writes: switch default_transaction_read_only off, or connect to the primary of a standby",
    "26000": POOLER,
    "42501": "a right is missing: run `edgechat migrate`; docs/roles.md has what each role may do",
    "42883": "a function is missing: run `edgechat migrate` of the version that runs here",
    "42P01": "a table is missing: run `edgechat migrate` of the version that runs here",
    "42P05": POOLER,
    "53100": "its disk is full: free space there",
    "53200": "it has no memory left: give it more, or lower its shared_buffers or work_mem",
    "53300": "it has no connection left: end some sessions, or raise max_connections",
    "54000": "its queue of notifications is full: end the session that listens and has been in a transaction for long",
    "55P03": "something is locked: look in pg_stat_activity for a session that has been in a transaction for long",
    "57P03": "it is starting or stopping: wait",
}
"""By SQLSTATE (PostgreSQL's documentation, appendix A)."""
LOCKS = "max_locks_per_transaction"
REMEDY_OF_LOCKS = f"it has no place for so many locks at once: raise {LOCKS} in its settings (to 512), and restart it"
"""The same SQLSTATE as for memory, which is not what is short then; Postgres's hint names the setting."""


def describe(error: BaseException) -> str:
    """One line, without what changes from try to try."""
    if isinstance(error, TimeoutError):
        return "no answer"
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    words = (str(error).strip() or type(error).__name__).splitlines()[0]
    remedy = _find_remedy(error)
    return f"{remedy} ({words})" if remedy else words


def _find_remedy(error: BaseException) -> str | None:
    """By what asyncpg's errors say, or psycopg2's."""
    hint = getattr(error, "hint", None) or getattr(getattr(error, "diag", None), "message_hint", None)
    if LOCKS in (hint or ""):
        return REMEDY_OF_LOCKS
    return REMEDIES.get(str(getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)))
