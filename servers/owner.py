"""The user that Postgres runs as: it refuses to run as root.

Started by an ordinary user, it runs as that user. Started by root, it runs as `postgres`, or as `nobody` if there is no
such user. That user must reach its data and its binaries, so closed directories on the way get o+x, and one printed
line says which.
"""

import os
import pwd
import stat
from collections.abc import Callable
from pathlib import Path

from runtime.errors import HomeError
from runtime.process import Owner


def server_owner(data_dir: Path) -> Owner | None:
    """The user that Postgres runs as: None for this user, another one if this is root."""
    if os.geteuid() != 0:
        return None
    if data_dir.exists() and data_dir.stat().st_uid != 0:
        return _by_uid(data_dir.stat().st_uid, data_dir.stat().st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(name, entry.pw_uid, entry.pw_gid)
    return Owner("65534", 65534, 65534)


def open_ways(owner: Owner, targets: list[Path], say: Callable[[str], None]) -> None:
    """Let `owner` reach each target; raises HomeError if a directory on the way cannot be opened."""
    opened: list[str] = []
    for target in targets:
        for directory in reversed(target.resolve().parents):
            if _may_enter(owner, directory.stat()):
                continue
            try:
                directory.chmod(stat.S_IMODE(directory.stat().st_mode) | stat.S_IXOTH)
            except OSError as error:
                raise HomeError(
                    f"user {owner.name}, as whom Postgres runs, cannot enter {directory}: {error.strerror}; "
                    "set EDGECHAT_HOME to a directory that it can reach"
                ) from None
            opened.append(str(directory))
    if opened:
        say(f"Postgres will not run as root; user {owner.name} may now pass through (chmod o+x): {', '.join(opened)}")


def open_tree(owner: Owner, top: Path) -> None:
    """Let `owner` read everything under `top`, for installations made with a strict umask."""
    if _may_read(owner, top.stat()):
        return
    for path in [top, *top.rglob("*")]:
        if path.is_symlink():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def give(owner: Owner | None, path: Path) -> None:
    """Give `path` to the owner; nothing to do when Postgres runs as this user."""
    if owner is not None:
        os.chown(path, owner.uid, owner.gid)


def _by_uid(uid: int, gid: int) -> Owner:
    try:
        return Owner(pwd.getpwuid(uid).pw_name, uid, gid)
    except KeyError:
        return Owner(str(uid), uid, gid)


def _may_enter(owner: Owner, status: os.stat_result) -> bool:
    if status.st_uid == owner.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == owner.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _may_read(owner: Owner, status: os.stat_result) -> bool:
    return status.st_uid == owner.uid or bool(status.st_mode & stat.S_IROTH)
