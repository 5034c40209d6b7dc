"""Turns of phrase that readers stumble over stand nowhere: documents, SQL and Python."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ITEMS = "bit|byte|filter|frame|line|number|row|size|view|word"
STUMBLING = (
    # "one row per feed"
    rf"\b(?:an?|one|[\d,]+) (?:{ITEMS})s? a (?:batch|feed|filter|group|line|message|payload|room|row|user)\b",
    # "their"
    r"\b[Hh](?:e|is|im|imself)\b",
    # "is granted", "arrives"
    r"\b(?:is|was|be) had\b",
    r"\bcomes by\b",
)


def test_nobody_stumbles() -> None:
    """Migrations are as they were applied; all other text is checked."""
    tops = [path for path in ROOT.iterdir() if not path.name.startswith(".")]
    files = [file for top in tops for file in ([top] if top.is_file() else top.rglob("*.*"))]
    texts = {
        file: file.read_text()
        for file in files
        if file.suffix in {".md", ".py", ".sql"} and file != Path(__file__) and "migrations" not in file.parts
    }
    assert len(texts) > 300
    assert not [
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file, text in texts.items()
        for match in re.finditer("|".join(STUMBLING), text)
    ]
