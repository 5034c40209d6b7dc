"""What the documents name is there: paths, commands, names of the code, settings, close codes."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from db.grants import PARTS
from gateway import closing
from gateway.closing import Closing

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
GENERATED = {"bench/results/", ".edgechat/prometheus", ".edgechat/log"}
"""Paths that a command makes."""
PLACEHOLDERS = ("<", "NNNN", "…")
SOURCES = (".py", ".sql", ".js", ".proto", ".yml", ".toml", ".cfg", ".conf", "")
FOREIGN = {"p_", "v_", "verb_noun", "work_mem", "synchronous_mode", "max_slot_wal_keep_size"}
FOREIGN |= {f"chatserviceusr_{part}" for part in PARTS}
"""Names in backticks that are no word of the code."""
METRIC = re.compile(r"(?:edgechat_(?:gateway|bridge)|process)_\w+")
"""Put together of a part's prefix and a name; tests/e2e/test_metrics_lint.py compares them with what is exposed."""

documents = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def codes(document: Path) -> Iterator[str]:
    """What a document sets as code: spans in a line, and lines of blocks but for what psql prints.

    What people type into filters is not looked at: it is full of names that there are not.
    """
    text = re.sub(r"^\| (?:execution|sport_event) \|.*\n", "", document.read_text(), flags=re.MULTILINE)
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        if language != "text":
            yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def source_words() -> set[str]:
    """Every word of the project's files and their names, but for the documents."""
    tops = [path for path in ROOT.iterdir() if not path.name.startswith(".")]
    files = [file for top in tops for file in (top.rglob("*") if top.is_dir() else [top]) if file.is_file()]
    words = set()
    for file in files:
        words |= set(re.findall(r"\w+", str(file.relative_to(ROOT))))
        if file.suffix in SOURCES:
            words |= set(re.findall(r"\w+", file.read_text()))
    return words


@documents
def test_every_path_is_there(document: Path) -> None:
    """Links, and what looks like a path of the project."""
    folders = "|".join(re.escape(path.name) for path in ROOT.iterdir() if path.is_dir())
    paths = {match for code in codes(document) for match in re.findall(rf"(?<![\w./-])(?:{folders})/\S*", code)}
    missing = [
        path
        for path in (path.rstrip(".,;:)") for path in paths)
        if path not in GENERATED and not any(sign in path for sign in PLACEHOLDERS) and not list(ROOT.glob(path))
    ]
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", document.read_text()) if "://" not in link]
    missing += [link for link in links if not (document.parent / link).exists()]
    assert not missing


@documents
def test_every_link_within_documents_has_its_heading(document: Path) -> None:
    """`#what-can-be-lost` is a heading of the document it leads to."""
    for link in re.findall(r"\]\(([^)]*#[^)]+)\)", document.read_text()):
        path, _, anchor = link.partition("#")
        headings = re.findall(r"^#+ (.+)$", (document.parent / path if path else document).read_text(), re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
        assert anchor in anchors, link


def test_every_command_is_there() -> None:
    """`make …`, `edgechat …` and `python -m …`, in all documents."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    help_text = subprocess.run([sys.executable, "-m", "edgechat", "--help"], capture_output=True, text=True).stdout
    commands = set(re.findall(r"^    (\w+) ", help_text, re.MULTILINE))
    assert {"up", "migrate", "health"} <= commands
    known = {"make": targets, "edgechat": commands}
    for document in DOCUMENTS:
        for code in codes(document):
            if command := re.match(r"(?:\w+=\S+ )*(?:\S+/)?(make|edgechat) ([a-z|]+(?: [a-z]+)*)", code):
                program, names = command.groups()
                given = names.split() if program == "make" else names.split()[0].split("|")
                assert set(given) <= known[program], f"{document.name}: {code}"
            for module in re.findall(r"python -m ([\w.]+)", code):
                assert find_spec(module), f"{document.name}: {code}"


@documents
def test_every_name_is_one_of_the_code(document: Path) -> None:
    """Functions, tables, columns, settings: a name alone in backticks is a word of some file."""
    words = source_words() | FOREIGN
    names = {code for code in codes(document) if re.fullmatch(r"[A-Za-z]\w*[_a-z]\w*|[A-Z_]{4,}", code)}
    assert not {name for name in names - words if not METRIC.fullmatch(name)}


def test_every_setting_is_in_the_readme() -> None:
    """Each environment variable that a part reads."""
    files = (ROOT / "runtime" / f"{name}.py" for name in ("settings", "monitor_settings"))
    names = {name for file in files for name in re.findall(r'"([A-Z]+_?[A-Z_]+)"', file.read_text())}
    assert len(names) > 15
    assert names <= set(re.findall(r"`([A-Z_]+)`", (ROOT / "README.md").read_text()))


def test_the_close_codes_are_those_of_the_gateway() -> None:
    """Each with its reason, besides the two that the WebSocket library sends."""
    table = (ROOT / "docs" / "protocol.md").read_text().partition("## Close codes")[2]
    documented = {(int(code), reason) for code, reason in re.findall(r"^\| (\d{4}) \| (.*?) ?\|", table, re.MULTILINE)}
    sent = {tuple(value) for value in vars(closing).values() if isinstance(value, Closing)}
    slow = closing.too_slow(0)
    sent.add((slow.code, slow.reason.replace("0", "N")))
    sent.add(tuple(closing.stopping(0.35)))
    sent |= {tuple(closing.not_json("…")), *(tuple(closing.moderated(code, "…")) for code in (4002, 4003))}
    # Said by Postgres, as those of moderators are (moving/leave_slots.sql).
    sent.add((1012, "the room moves to another server: resume"))
    assert documented == sent | {(1002, ""), (1009, "")}


def test_the_layout_lists_every_folder() -> None:
    """CONTRIBUTING.md names each folder of the project and each tier of tests."""
    layout = set(re.findall(r"^([\w./]+?)/?  ", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE))
    paths = [path for top in (ROOT, ROOT / "tests", ROOT / "db") for path in top.iterdir() if path.is_dir()]
    names = {str(path.relative_to(ROOT)) for path in paths if re.fullmatch(r"[a-z0-9]+", path.name)}
    assert {"gateway", "db/views", "tests/unit"} <= names
    assert names - {"db", "tests", "build"} <= layout


@pytest.mark.parametrize("package", ["gateway", "bridge"])
def test_the_architecture_names_every_module(package: str) -> None:
    """The chapter about a package has each of its modules in backticks."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    chapter = text.partition(f"## The {package}\n")[2].partition("\n## ")[0]
    modules = {path.stem for path in (ROOT / package).rglob("*.py")} - {"__init__"}
    assert modules <= set(re.findall(r"`(\w+)`", chapter))
