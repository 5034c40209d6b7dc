"""The folders of db/functions are chapters: each calls only those before it, and no function in them is long."""

import re
from pathlib import Path

import db.apply

# Bottom first, which is also the order to read them in. A new folder goes behind the last one that it calls.
CHAPTERS = (
    *("naming", "notify", "message"),
    *("clause/words", "clause/guard", "clause/reasons", "clause/tree", "clause/trial", "clause"),
    *(
        "log",
        "retention",
        "matching",
        "routing",
        "feed",
        "feed/generate",
        "servers",
        "room",
        "gateway",
        "psql",
        "question",
        "feeds",
    ),
    "moderation",
    "moving",
    "original",
)
MOST_LINES = 60

FILES = {path.stem: path for path in sorted(db.apply.FUNCTIONS.rglob("*.sql"))}


def test_each_name_is_that_of_one_function() -> None:
    """Two files of one name would replace each other's function, whichever came last."""
    assert len(FILES) == len([*db.apply.FUNCTIONS.rglob("*.sql")])


def test_arrows_point_down() -> None:
    """A function calls only functions of its own folder and of folders before it; what it generates counts, too."""
    upward = {
        f"{_chapter(caller)}/{caller} calls {_chapter(callee)}/{callee}"
        for caller in FILES
        for callee in _callees(caller)
        if CHAPTERS.index(_chapter(callee)) > CHAPTERS.index(_chapter(caller))
    }
    assert upward == set()


def test_every_folder_is_a_chapter() -> None:
    """The order above names the folders that there are and no others."""
    assert {_chapter(name) for name in FILES} == set(CHAPTERS)


def test_callees_are_found() -> None:
    """What the order is computed from is not empty: calls in statements, in generated text, and in declarations."""
    assert _callees("send_contents") == {"notify_contents", "feed_channel", "has_bit"}
    assert "match_filters_apart" in _callees("write_matching")
    assert "trivial_filter" in _callees("deliver_feed_rows")


def test_functions_are_short() -> None:
    """No function has more than 60 lines, from `create or replace` to `$$;`."""
    assert {name for name, path in FILES.items() if _count_lines(path) > MOST_LINES} == set()


def _chapter(name: str) -> str:
    return str(FILES[name].parent.relative_to(db.apply.FUNCTIONS))


def _callees(name: str) -> set[str]:
    """The functions whose names stand before a parenthesis in the text of one, comments left out."""
    text = re.sub(r"--.*", "", FILES[name].read_text(encoding="utf-8"))
    return set(re.findall(r"\bchat\.(\w+)\(", text)) & FILES.keys() - {name}


def _count_lines(path: Path) -> int:
    text = path.read_text(encoding="utf-8")
    (body,) = re.findall(r"^create or replace function .*?^\$\$;$", text, re.DOTALL | re.MULTILINE)
    return len(body.splitlines())
