"""One stack of containers serves all tests in containers: they go to one process, whatever pytest's version."""

from pathlib import Path

from harness.dealing import TOGETHER, group_of

ROOT = Path(__file__).parents[2]


def test_all_tests_in_containers_go_together() -> None:
    """Whatever they are called, and others by themselves."""
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "compose").glob("test_*.py")]
    assert len(files) > 5
    assert {group_of(f"{file}::test_it[a/b::c]") for file in files} == set(TOGETHER)
    assert group_of("tests/e2e/test_join.py::test_it[tests/compose]") is None
