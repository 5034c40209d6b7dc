"""What the compose files name is there: services, files, the hosts that the parts are to use, the original's names."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
BASE, HA = ((ROOT / name).read_text() for name in ("docker-compose.yml", "docker-compose.ha.yml"))
PARTS = {"migrate", "bridge", "chathost", "gateway", "executions", "sports"}


def test_names_and_ports_of_the_original() -> None:
    """Its services, its containers, and its ports with no settings; beyond this machine, the chat service alone."""
    assert {"chathost", "postgreshost", "nats", "executions", "sports"} <= services(BASE)
    named = set(re.findall(r"^    container_name: \$\{CONTAINER_PREFIX:-\}(\w+)$", BASE, re.MULTILINE))
    assert named == {"chatroom", "postgresql", "natsbroker", "executions", "sports"}
    published = re.findall(r'^    ports: \["(.*?)\$\{\w+_PUBLISH_PORT:-(\d+)\}:(\d+)"\]$', BASE, re.MULTILINE)
    local = "${PUBLISH_ADDRESS:-127.0.0.1}:"
    of_profile_ops = [(local, "9090", "9090"), (local, "3000", "3000")]
    assert published == [(local, "5444", "5432"), (local, "4222", "4222"), ("", "4242", "4242"), *of_profile_ops]


def test_both_files_name_the_same_logins() -> None:
    """The standby's are the primary's, and a part's password is the one that the server gives its role."""
    names = ("POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD", "DATABASE", "DBUSER", "DBPASSWORD")
    for name in (*names, "BRIDGE_DBPASSWORD", "GATEWAY_DBPASSWORD", "INSPECTOR_DBPASSWORD"):
        given = re.findall(rf"^ +\w+: (\$\{{{name}:.+\}})$", BASE + HA, re.MULTILINE)
        assert len(given) >= 2
        assert len(set(given)) == 1


def test_each_part_knows_its_own_password_only() -> None:
    """No part but migrate has the owner's, and the inspector's to link servers; the feeds have none."""
    parts = BASE.partition("\n  migrate:")[2]
    assert re.findall(r"DBPASSWORD: \$\{(\w+)", parts) == ["DBPASSWORD", "INSPECTOR_DBPASSWORD", "BRIDGE_DBPASSWORD"]
    head = BASE.partition("\nservices:")[0]
    assert re.findall(r"DBPASSWORD: \$\{(\w+)", head) == ["GATEWAY_DBPASSWORD"]


def services(text: str) -> set[str]:
    """The names of a file's services."""
    return set(
        re.findall(r"^  ([\w-]+):", text.partition("\nservices:\n")[2].partition("\nvolumes:\n")[0], re.MULTILINE)
    )


def setting(name: str) -> str:
    """What the parts get for a setting."""
    found = re.search(rf"^  {name}: (.+)$", HA, re.MULTILINE)
    assert found, name
    return found[1]


def test_the_hosts_are_services() -> None:
    """The parts know both servers of Postgres and all of NATS, and every part is told."""
    known = services(BASE) | services(HA)
    assert set(setting("POSTGRES_HOST").split(",")) == {"postgreshost", "standby"}
    nats = set(re.findall(r"nats://([\w-]+):4222", setting("NATS_URL")))
    assert len(nats) == 3
    assert nats | {"postgreshost", "standby"} <= known
    assert set(re.findall(r"^  ([\w-]+): {environment: \*parts}", HA, re.MULTILINE)) == PARTS
    routes = set(re.findall(r"nats://([\w-]+):6222", (ROOT / "docker" / "nats-cluster.conf").read_text()))
    assert routes == nats


def test_the_files_and_volumes_are_there() -> None:
    """What is mounted is in the project, or a volume that one of the files declares."""
    sources = re.findall(r"[ \"](\./[^:\"]+|[a-z0-9-]+-data):/", HA)
    assert len(sources) >= 8
    declared = set(re.findall(r"^  ([\w-]+-data):$", BASE + HA, re.MULTILINE))
    for source in sources:
        assert source in declared or (source.startswith("./") and (ROOT / source).exists()), source


def test_the_servers_are_as_in_the_other_file() -> None:
    """The same images, and the same settings and more."""
    for image in re.findall(r"image: (\$\{\w+_IMAGE:-.+\})", HA):
        assert image in BASE
    (settings,) = re.findall(r"^      (postgres -c .+)$", BASE, re.MULTILINE)
    assert settings in HA
    lines = {line.strip() for line in (ROOT / "docker" / "nats.conf").read_text().splitlines() if ":" in line}
    cluster = (ROOT / "docker" / "nats-cluster.conf").read_text()
    assert all(line in cluster for line in lines if not line.startswith(("#", "server_name", "with its")))


def test_each_server_of_the_profile_is_dealt_to_and_has_a_bridge() -> None:
    """The names that `deal` is given are services with data of their own, and gateways get the name of the map."""
    (hosts,) = re.findall(r"^    command: \[(postgreshost, .+)\]$", BASE, re.MULTILINE)
    first, *others = hosts.split(", ")
    assert {first, *others} <= services(BASE)
    assert re.findall(r"^      POSTGRES_HOST: (.+)$", BASE, re.MULTILINE) == others
    for number in range(2, len(others) + 2):
        assert f"bridge-{number}" in services(BASE)
        assert f"- postgres-{number}-data:/var/lib/postgresql" in BASE
        assert f"\n  postgres-{number}-data:\n" in BASE
    assert "  SERVER_MAP: ${SERVER_MAP:-}\n" in BASE.partition("\nservices:")[0]


def test_the_scripts_can_be_read() -> None:
    """By any shell."""
    for script in sorted((ROOT / "docker").rglob("*.sh")):
        subprocess.run(["sh", "-n", script], check=True)
