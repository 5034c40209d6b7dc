"""requirements.txt and edge-chatroom.yml hold what the client simulator needs, as pyproject.toml has it."""

import re
import subprocess
import sys
import sysconfig
import tomllib
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
REQUIREMENTS = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
SECONDS = 60.0

RUN = """
import runpy, sys
sys.path[:] = sys.argv[1].split(":")
sys.argv[:] = ["chatsimulator", "--help"]
runpy.run_module("clientsim.chatsimulator", run_name="__main__")
"""


def test_they_are_dependencies_of_the_project() -> None:
    """With the same bounds."""
    assert REQUIREMENTS
    assert set(REQUIREMENTS) <= set(PROJECT["dependencies"])


def test_the_conda_environment_takes_them_from_there() -> None:
    """And the Python that the project asks for."""
    lines = (ROOT / "edge-chatroom.yml").read_text().splitlines()
    assert f"name: {PROJECT['name']}" in lines
    assert lines[lines.index("dependencies:") + 1 :] == [
        f"  - python{PROJECT['requires-python']}",
        "  - pip",
        "  - pip:",
        "      - -r requirements.txt",
    ]


def test_the_simulator_runs_with_nothing_else(tmp_path: Path) -> None:
    """With the standard library, the project, and the required distributions, which require no others."""
    for requirement in REQUIREMENTS:
        name = re.match(r"[\w-]+", requirement)
        assert name
        installed = distribution(name[0])
        assert not [each for each in installed.requires or [] if "extra ==" not in each]
        for top in {file.parts[0] for file in installed.files or [] if file.parts[0] != ".."}:
            (tmp_path / top).symlink_to(Path(str(installed.locate_file(top))).resolve())
    paths = [str(ROOT), str(tmp_path), *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib"))]
    paths.append(str(Path(sysconfig.get_path("stdlib")) / "lib-dynload"))
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", RUN, ":".join(paths)], capture_output=True, text=True, timeout=SECONDS
    )
    assert ran.returncode == 0, ran.stderr
    assert "--roomid" in ran.stdout
