"""What docs/architecture.md shows with numbers is what really happens, and what it says of SQLSTATEs is complete."""

import re
from pathlib import Path

import pytest

import db.apply
from harness import documented, examples
from harness.rooms import Rooms
from harness.servers import PostgresServer

DOCUMENT = Path(__file__).parents[2] / "docs" / "architecture.md"
both_versions = pytest.mark.parametrize("postgres_version", [18, 16])


@both_versions
def test_the_worked_example_prints_what_is_shown(postgres: PostgresServer, database: str) -> None:
    """In a new database, from the first statement to the last; a notification counts where psql prints it."""
    shown = examples.read(DOCUMENT)
    assert len(shown) >= 10
    for example, printed in zip(shown, examples.run(postgres, database, [e.query for e in shown]), strict=True):
        wanted = "" if example.shown is None else example.shown
        assert examples.settle(examples.shorten(printed)) == examples.settle(wanted), example.query


@both_versions
async def test_the_rules_hold_with_a_suspended_filter_too(
    postgres: PostgresServer, database: str, rooms: Rooms
) -> None:
    """The query of what always holds finds nothing broken in the rooms of docs/psql.md."""
    await documented.seed(rooms)
    rules = examples.read(DOCUMENT)[-1]
    assert rules.shown is not None
    [printed] = examples.run(postgres, database, [rules.query])
    assert examples.settle(printed) == examples.settle(rules.shown)


def test_the_table_of_sqlstates_lists_ours() -> None:
    """Every code that a function raises has a row, and no row is about a code that none raises."""
    sources = [path.read_text() for path in db.apply.FUNCTIONS.rglob("*.sql")]
    raised = {code for source in sources for code in re.findall(r"errcode = '(RM\d+)'", source)}
    assert raised == set(re.findall(r"^\| (RM\d+) \|", DOCUMENT.read_text(), re.MULTILINE))


def test_every_folder_of_functions_has_its_chapter_in_order() -> None:
    """The chapters are the folders: none is missing, and none is about a folder that is gone."""
    folders = {path.name for path in db.apply.FUNCTIONS.iterdir() if path.is_dir()}
    chapters = re.findall(r"^## ([a-z]+)$", DOCUMENT.read_text(), re.MULTILINE)
    assert set(chapters) == folders
    assert len(chapters) == len(folders)
