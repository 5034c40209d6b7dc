"""ops/alerts.yml: every alert is of what there is, says what to do, and is tried by ops/alerts_test.yml."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.metric_table import DOCUMENT
from harness.promql import complaints, read, result_labels

ROOT = Path(__file__).parents[2]
OPS = ROOT / "ops"
RUNBOOK = "docs/operate.md"
RULES: dict[str, Any] = {
    rule["alert"]: rule
    for group in yaml.safe_load((OPS / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}
TESTS: list[dict[str, Any]] = yaml.safe_load((OPS / "alerts_test.yml").read_text())["tests"]

alerts = pytest.mark.parametrize("name", RULES)


def test_no_name_is_there_twice() -> None:
    """And each begins with the project's."""
    names = re.findall(r"^ +- alert: (\w+)$", (OPS / "alerts.yml").read_text(), re.MULTILINE)
    assert len(names) > 20
    assert sorted(names) == sorted(RULES)
    assert all(name.startswith("Edgechat") for name in names)


@alerts
def test_the_expression_names_what_there_is(name: str) -> None:
    """Valid PromQL, metrics that are told, labels that they have."""
    assert complaints(RULES[name]["expr"]) == []


@alerts
def test_it_says_how_bad_it_is_and_what_to_do(name: str) -> None:
    """In whole sentences."""
    rule = RULES[name]
    assert rule["labels"].keys() == {"severity"}
    assert rule["labels"]["severity"] in {"critical", "warning"}
    notes = rule["annotations"]
    assert notes.keys() == {"summary", "action", "runbook"}
    assert all(len(notes[each]) > 30 and notes[each].endswith(".") for each in ("summary", "action"))
    assert notes["runbook"] == f"{RUNBOOK}#{name.lower()}"


@alerts
def test_its_words_name_labels_that_it_has(name: str) -> None:
    """What an aggregation took away would be shown as nothing."""
    words = " ".join(RULES[name]["annotations"].values())
    assert set(re.findall(r"\$labels\.(\w+)", words)) <= result_labels(RULES[name]["expr"])


@alerts
def test_commands_and_files_in_its_words_are_there(name: str) -> None:
    """Functions and views of the database, files, settings."""
    words = " ".join(RULES[name]["annotations"].values())
    for found in re.findall(r"chat\.(\w+)", words):
        files = [*(ROOT / "db").rglob(f"{found}.sql")]
        assert files or f"chat.{found}" in (ROOT / "db" / "schema.sql").read_text(), found
    assert all((ROOT / path).exists() for path in re.findall(r"`(db/[\w./]+)`", words))
    readme = (ROOT / "README.md").read_text()
    assert all(f"`{setting}`" in readme for setting in re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", words))


def test_the_document_lists_all() -> None:
    """Each with its severity and what to do, in the same order."""
    rows = re.findall(r"^\| `(Edgechat\w+)` \| (\w+) \| [^|]+ \| (.+) \|$", DOCUMENT.read_text(), re.MULTILINE)
    assert rows == [(name, rule["labels"]["severity"], rule["annotations"]["action"]) for name, rule in RULES.items()]


def test_the_runbook_has_each_alert() -> None:
    """As soon as there is a runbook: a heading whose anchor the alert names."""
    path = ROOT / RUNBOOK
    headings = re.findall(r"^#+ (\w+)$", path.read_text(), re.MULTILINE) if path.exists() else list(RULES)
    assert RULES.keys() <= set(headings)


def expected(test: dict[str, Any]) -> list[set[str]]:
    """Which alerts are to fire, at each time that a test looks."""
    return [
        {re.findall(r'alertname="(\w+)"', sample["labels"])[0] for sample in look["exp_samples"]}
        for look in test["promql_expr_test"]
    ]


@alerts
def test_it_is_tried(name: str) -> None:
    """It fires once; and where its metrics are all there, and nothing may fire, it does not."""
    assert any(name in fires for test in TESTS for fires in expected(test))
    quiet = [
        {re.split(r"[{]", series["series"])[0] for series in test["input_series"]}
        for test in TESTS
        if not any(expected(test))
    ]
    assert any(read(RULES[name]["expr"]).names <= names for names in quiet)


# No wheel has promtool. The tests above check names, labels and syntax without it; `make alerts` fails there.
@pytest.mark.skipif(not shutil.which("promtool"), reason="no promtool (Debian: apt install prometheus)")
@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts_test.yml"],
        ["check", "config", "prometheus.yml"],
        ["check", "config", "prometheus.local.yml"],
    ],
    ids=" ".join,
)
def test_promtool_agrees(arguments: list[str]) -> None:
    """Prometheus's own judge, where there is one; `make alerts` insists on it."""
    ran = subprocess.run(["promtool", *arguments], cwd=OPS, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stdout + ran.stderr
