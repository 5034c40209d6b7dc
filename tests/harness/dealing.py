"""Deals the tests out to pytest-xdist's processes: one by one, and those that share a stack of containers to one."""

from pathlib import PurePosixPath

from xdist.scheduler import LoadGroupScheduling

TOGETHER = ("tests/compose",)
"""Folders whose tests share what only one process may start."""


# mypy takes a class of xdist, which has no types, for Any.
class Dealing(LoadGroupScheduling):  # type: ignore[misc]
    """As `--dist loadgroup`, but a test's group is its folder.

    xdist hands a mark's group over inside the test's id, which pytest 9.2 no longer lets it change: the mark would be
    ignored without a word, and each process would build and start containers of its own.
    """

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid) or nodeid


def group_of(nodeid: str) -> str | None:
    """What a test goes to one process with; None if it goes by itself."""
    folder = str(PurePosixPath(nodeid.partition("::")[0]).parent)
    return folder if folder in TOGETHER else None
