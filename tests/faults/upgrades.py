"""Several servers are brought to another version, part by part, while members are connected."""

import asyncio
import os
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from faults.gateways import GOING_AWAY, RESUME_SECONDS
from faults.outcome import Outcome
from faults.probe import refused_join
from faults.realm import Realm
from faults.world import World, percentile
from harness import shards
from harness.background import background
from harness.parts import ROOT
from harness.servers import temporary_directory
from harness.waiting import until
from runtime.interface import INTERFACE_VERSION

PACKAGES = ("bridge", "db", "edgechat", "gateway", "proto", "runtime", "servers")
NUMBERED = {
    "runtime/interface.py": (r"INTERFACE_VERSION = \d+", "INTERFACE_VERSION = {}"),
    "db/functions/naming/interface_version.sql": (r"select \d+", "select {}"),
}
"""The files that have the version."""
VERSION = "select chat.interface_version()"
PRESENT_SECONDS = 60.0
JOIN_PAUSE = 0.1


@contextmanager
def former_code() -> Iterator[Path]:
    """A checkout of the former version: that of FORMER_CODE; else this one, under another number.

    An installation has no history. Such a copy calls what this one calls, but neither starts on the other's database.
    """
    if os.environ.get("FORMER_CODE"):
        yield Path(os.environ["FORMER_CODE"])
        return
    with temporary_directory() as directory:
        for package in PACKAGES:
            shutil.copytree(ROOT / package, directory / package, ignore=shutil.ignore_patterns("__pycache__"))
        for name, (pattern, words) in NUMBERED.items():
            file = directory / name
            text, times = re.subn(pattern, words.format(INTERFACE_VERSION - 1), file.read_text())
            assert times == 1, file
            file.write_text(text)
        yield directory


async def upgrade_servers(realm: Realm, members: int, rate: float, pause: float) -> Outcome:
    """Start everything as the former version and replace it: databases, then their bridges, then the gateways.

    Former gateways go on for `pause` seconds on the new databases, and as long beside a new one.
    """
    outcome = realm.outcome(f"{len(realm.servers)} servers and two gateways upgraded one after the other")
    with former_code() as code:
        realm.stack.code = code
        await _migrate(realm)
        former = await realm.value(VERSION)
        await realm.start(gateways=2)
        await realm.populate(members)
        realm.stack.code = None
        joins = Joins(realm)
        async with realm.publisher.running(rate, acknowledged=True), realm.chatter(10):
            await asyncio.sleep(2)
            for resumer in realm.resumers:
                resumer.forget_pauses()
            began = time.monotonic()
            async with background(joins.run()):
                migrated = await _replace(realm, pause)
            outcome.count(took_to_migrate_s=migrated, took_in_all_s=time.monotonic() - began)
            await asyncio.sleep(1)
            paused = max(resumer.longest_pause for resumer in realm.resumers if resumer.room in (0, 3))
    # Past the grace, for whoever would only then be announced as gone.
    await asyncio.sleep(10)
    await realm.audit(outcome)
    versions = [await view.value(VERSION) for view in realm.views]
    outcome.require(former != INTERFACE_VERSION, f"it was another version: {former}")
    outcome.require({*versions} == {INTERFACE_VERSION}, f"all databases have the new version: {versions}")
    outcome.count(versions=f"{former} → {INTERFACE_VERSION}", longest_pause_s=paused)
    outcome.count(joins=joins.counts["joined"], refused_joins=dict(joins.refusals))
    _judge(realm, outcome)
    return outcome


async def _replace(realm: Realm, pause: float) -> float:
    """Migrate, and replace each server's bridge as soon as its database is done; then each gateway. Returns how long
    the first took."""
    began = time.monotonic()
    migrating = asyncio.create_task(_migrate(realm))
    for view in realm.views:

        async def is_done(view: World = view) -> bool:
            return await view.value(VERSION) == INTERFACE_VERSION

        await until(is_done, "a server to be migrated", PRESENT_SECONDS)
        await realm.stack.replace_bridge(view.stack.database_url)
    await migrating
    migrated = time.monotonic() - began
    for index in range(len(realm.gateways)):
        await asyncio.sleep(pause)
        part = realm.gateways[index].part
        part.child.send_signal(SIGTERM)
        await part.wait()
        await realm.replace_gateway(index)
        for resumer in realm.resumers:
            async with asyncio.timeout(PRESENT_SECONDS * realm.patience):
                await resumer.present.wait()
    return migrated


async def _migrate(realm: Realm) -> None:
    status, told = await realm.stack.ask("migrate", **shards.settings(realm.nats.url))
    if status != 0:
        raise AssertionError(f"the servers were not migrated: {told}")


class Joins:
    """People who come, join a room and go, all the time; what they are told who cannot."""

    def __init__(self, realm: Realm) -> None:
        self.counts: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self._realm = realm

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            number = self.counts.total()
            self.counts["tried"] += 1
            port = self._realm.ports[number % len(self._realm.ports)]
            room = number % len(self._realm.transcripts)
            try:
                _, code, reason = await refused_join(port, f"guest {number}", room)
            except (OSError, TimeoutError, ConnectionClosed, InvalidHandshake):
                self.refusals["no gateway there"] += 1
            else:
                self.counts["joined"] += reason == "joined"
                if reason != "joined":
                    self.refusals[f"{code}: {reason}"] += 1
            await asyncio.sleep(JOIN_PAUSE)


def _judge(realm: Realm, outcome: Outcome) -> None:
    """Everybody was told that the gateway goes, came back soon to their place, and was not announced as gone."""
    closings: Counter[int] = Counter()
    for resumer in realm.resumers:
        closings.update(resumer.closings)
    resumes = realm.resumes()
    p99 = percentile(resumes, 0.99)
    outcome.count(closed_with=dict(closings), p99_of_resume_s=p99, slowest_resume_s=max(resumes, default=0.0))
    outcome.count(exits_seen=realm.exits(), denied=sum(resumer.denials.total() for resumer in realm.resumers))
    outcome.require({*closings} == {GOING_AWAY}, f"members are closed with 1001 only: {closings}")
    outcome.require(len(resumes) == closings.total() >= len(realm.resumers), "everybody had to resume, and did")
    outcome.require_within(p99, RESUME_SECONDS, "p99 of resume ≤ 2 s")
    outcome.require(realm.exits() == 0, "nobody was announced as gone")
