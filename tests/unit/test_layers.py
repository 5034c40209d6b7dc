"""Who may import whom, and how long a module and a function may be. CONTRIBUTING says why."""

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = (
    ("runtime", "proto"),
    ("edgechat.client",),
    ("servers", "bridge", "gateway", "feedsim", "clientsim"),
    ("db",),
    ("edgechat",),
    ("bench",),
)
"""From the ground up. A package imports from layers below its own, and from no neighbour. The client stands apart from
the roof that it lies under, since it is what other programs import."""
PACKAGES = {package: floor for floor, packages in enumerate(LAYERS) for package in packages}
IMPORTS_WHEN_NEEDED = {
    *(
        "edgechat.cli",
        "gateway.access.gate",
        "gateway.access.keys",
        "gateway.fleet",
        "gateway.names.scripts",
        "runtime.report",
    ),
}
"""Modules that import in functions; each says why in its docstring."""
LONGEST_FUNCTION = 60
LONGEST_MODULE = 300

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> dict[str, ast.Module]:
    """Every module that is written by hand, by its name."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): ast.parse(path.read_text())
        for top in (*dict.fromkeys(package.split(".")[0] for package in PACKAGES), "tests")
        for path in sorted((ROOT / top).rglob("*.py"))
        if not path.stem.endswith("_pb2")
    }


@cache
def imported(tree: ast.AST) -> frozenset[str]:
    """Names of all modules that are imported anywhere in `tree`; for `from a import b` both a.b and a."""
    return frozenset(_imported(tree))


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, "relative imports are not used here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module


def package_of(name: str) -> str:
    """The package of LAYERS that a module is in; for others the first word of its name."""
    return next((each for each in PACKAGES if "." in each and f"{name}.".startswith(f"{each}.")), name.split(".")[0])


def functions(tree: ast.AST) -> list[Function]:
    """All functions and methods in `tree`."""
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def circle(edges: Iterable[tuple[str, str]]) -> list[str]:
    """The names along a circle of arrows; empty if there is none."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for source, target in edges:
        if source != target:
            sorter.add(source, target)
    try:
        sorter.prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def arrows() -> set[tuple[str, str]]:
    """Which of our modules imports which."""
    return {
        (name, module)
        for name, tree in modules().items()
        for target in imported(tree)
        # `tests` is on the path itself: what stands in it is imported without that word.
        for module in (target, f"tests.{target}")
        if module in modules()
    }


def test_contributing_states_the_layers() -> None:
    """One line for each, in this order."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    places = [text.find("\n" + ", ".join(packages) + "  ") for packages in LAYERS]
    assert -1 not in places
    assert places == sorted(places)


def test_every_package_has_a_floor() -> None:
    """A new package at the top must be put into a layer."""
    tops = {package for package in PACKAGES if "." not in package}
    assert tops == {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"proto"}


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_down(package: str) -> None:
    """Never up, and never to a neighbour: clients and feeds, for instance, know nothing of the gateway."""
    trees = [tree for name, tree in modules().items() if package_of(name) == package]
    used = {package_of(name) for tree in trees for name in imported(tree)} & PACKAGES.keys() - {package}
    assert {name for name in used if PACKAGES[name] >= PACKAGES[package]} == set()


def test_the_client_stands_alone() -> None:
    """People take it into programs of their own: it needs the messages, websockets, and nothing else."""
    trees = [tree for name, tree in modules().items() if package_of(name) == "edgechat.client"]
    used = {package_of(name) for tree in trees for name in imported(tree)} - sys.stdlib_module_names
    assert used == {"edgechat.client", "proto", "websockets"}


def shorten(name: str, depth: int) -> str:
    """The first words of a module's name; all of its package's, if that has more."""
    words = max(depth, package_of(name).count(".") + 1)
    return ".".join(name.split(".")[:words])


def test_modules_import_in_no_circle() -> None:
    """Imports in functions count."""
    assert circle(arrows()) == []


def test_packages_import_in_no_circle() -> None:
    """At every depth: gateway.client and gateway.delivery do not import each other, whichever of their modules."""
    for depth in (1, 2):
        shortened = {tuple(shorten(name, depth) for name in arrow) for arrow in arrows()}
        # What is taken from a package's own `__init__` is no arrow out of one of its parts.
        assert circle((source, target) for source, target in shortened if not source.startswith(f"{target}.")) == []


def test_a_circle_is_found() -> None:
    """However long."""
    assert set(circle([("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")])) == {"a", "b", "c"}


def test_imports_stand_on_top() -> None:
    """An import in a function hides a circle, or a cost; so does one for type checkers only."""
    hidden = {name for name, tree in modules().items() for part in functions(tree) if imported(part)}
    assert hidden == IMPORTS_WHEN_NEEDED
    names = {
        name: {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for name, tree in modules().items()
    }
    assert [name for name, used in names.items() if "TYPE_CHECKING" in used] == []


def test_functions_are_short() -> None:
    """So that one fits on a screen; SQL functions too (test_catalog.py)."""
    lengths = {
        f"{name}.{part.name}": (part.end_lineno or 0) - part.lineno + 1
        for name, tree in modules().items()
        for part in functions(tree)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_modules_are_short() -> None:
    """A module is about one thing."""
    lengths = {name: max((node.end_lineno or 0 for node in tree.body), default=0) for name, tree in modules().items()}
    assert {name for name, length in lengths.items() if length > LONGEST_MODULE} == set()
