"""What Prometheus is told to ask is what the parts serve, and its rules are about what it asks."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.monitor_settings import MONITOR_DEFAULTS, load_monitor

OPS = Path(__file__).parents[2] / "ops"
MONITOR = load_monitor(MONITOR_DEFAULTS)
PORTS = {"gateway": MONITOR.gateway_port, "bridge": MONITOR.bridge_port}
Jobs = dict[str, dict[str, Any]]


def jobs(path: Path) -> Jobs:
    """What a file of settings says of each part, by the job's name."""
    settings = yaml.safe_load(path.read_text())
    assert settings["rule_files"] == ["alerts.yml"]
    return {each["job_name"]: each for each in settings["scrape_configs"] if each["job_name"] in PORTS}


def found_by_name(job: dict[str, Any]) -> list[tuple[str, int]]:
    """Which ports of whom."""
    return [(name, each["port"]) for each in job["dns_sd_configs"] for name in each["names"]]


def test_in_containers_parts_are_found_by_their_services_names() -> None:
    """At the ports that they have by default."""
    assert {name: found_by_name(job) for name, job in jobs(OPS / "prometheus.yml").items()} == {
        name: [(name, port)] for name, port in PORTS.items()
    }


def test_on_one_machine_they_are_at_their_ports() -> None:
    """Of this machine."""
    for name, job in jobs(OPS / "prometheus.local.yml").items():
        assert job["static_configs"] == [{"targets": [f"127.0.0.1:{PORTS[name]}"]}]


def test_alerts_are_about_jobs_that_there_are() -> None:
    """`job="…"` is one of both files."""
    named = set(re.findall(r'job=~?"([\w|]+)"', (OPS / "alerts.yml").read_text()))
    assert {job for names in named for job in names.split("|")} == PORTS.keys()
    assert all(jobs(OPS / name).keys() == PORTS.keys() for name in ("prometheus.yml", "prometheus.local.yml"))


@pytest.mark.parametrize("workers", ["", "1", "3"])
def test_each_worker_of_a_gateway_is_asked(workers: str, tmp_path: Path) -> None:
    """In containers, as GATEWAY_WORKERS says; all else stays as it is, and arguments are passed on."""
    program = tmp_path / "prometheus"
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "TMPDIR": str(tmp_path), "GATEWAY_WORKERS": workers}
    ran = subprocess.run(
        ["sh", OPS / "prometheus.sh", "--one"], env=environment, capture_output=True, text=True, check=True
    )
    made = tmp_path / "prometheus.yml"
    assert ran.stdout.split() == [f"--config.file={made}", "--one"]
    asked = jobs(made)
    expected = [("gateway", MONITOR.worker_port(number)) for number in range(1, int(workers or 1) + 1)]
    assert found_by_name(asked.pop("gateway")) == expected
    assert asked["bridge"] == jobs(OPS / "prometheus.yml")["bridge"]
    assert (tmp_path / "alerts.yml").read_text() == (OPS / "alerts.yml").read_text()
