"""Rooms go from server to server under load, and what a move needs is killed: nothing is lost, and all is finished."""

import asyncio
import os
import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from random import Random

import asyncpg

from faults.outcome import Outcome
from faults.realm import Realm
from harness import shards
from harness.parts import Part
from harness.people import User
from harness.waiting import until
from proto.chatmessage_pb2 import chatmessage
from runtime.map_store import open_store
from runtime.settings import load

MOVER, SOURCE, TARGET, GATEWAY, NOTHING = KINDS = ("mover", "source", "target", "gateway", "nothing")
"""What is killed during a move."""
ROOMS = 15
"""Three times as many as have members: so a move has several rooms, and is longer on its way."""
EARLY_SECONDS = 1.5
"""In which a move begins, its Python included."""
LATE_SECONDS = 0.15
"""In which it is on its way after the slots have left."""
EARLY_SHARE = 0.35
COMMAND_SECONDS = 90.0
PRESENT_SECONDS = 60.0
UNTOLD = 1006
"""The close code of a connection that ended without a word."""
SLOTS = list(range(ROOMS))
HAS_LEFT = "select exists (select from chat.departure)"
MOVERS = "select count(*) from pg_stat_activity where application_name = 'edgechat server' and pid <> pg_backend_pid()"
HELD = "select array(select s.slot from chat.slot as s where s.slot = any ($1) order by s.slot)"
NEWEST_SEQ = "select chat.newest_seq($1)"
OPEN = "select array(select r.room_id from chat.room as r where r.is_open order by r.room_id)"
LONG_GRACE = "update chat.setting set gateway_grace = '1 minute'"
HELD_UP = re.compile(r"held up for (\d+\.\d+) s")


def choose_seed() -> int:
    """FAULT_SEED, which repeats what was drawn once; else any."""
    return int(os.environ.get("FAULT_SEED") or Random().randrange(2**32))


class Moves:
    """Moves, one after the other, and what became of them."""

    def __init__(self, realm: Realm, outcome: Outcome, seed: int) -> None:
        self.kills: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        # Seconds, of moves during which nothing was killed.
        self.held_up: list[float] = []
        self._realm = realm
        self._outcome = outcome
        self._random = Random(seed)
        self._names = list(realm.deal.urls)

    async def run(self, moves: int) -> None:
        """So many, with each kind of kill as often as the others."""
        kinds = [KINDS[number % len(KINDS)] for number in range(moves)]
        self._random.shuffle(kinds)
        for number, kind in enumerate(kinds):
            await self._move(number, kind)
            await self._until_all_present(f"move {number} ({kind})")
            await asyncio.sleep(self._random.uniform(0.2, 1.0))

    async def _move(self, number: int, kind: str) -> None:
        source, target, slots = self._draw()
        way = f"{self._names[source]} for {self._names[target]}"
        what = f"move {number} ({kind}), slots {slots} had to leave {way}"
        print(what)
        numbers = ",".join(map(str, slots))
        part = self._command("move", "--slots", numbers, "--to", self._names[target])
        await self._strike(kind, part, source, target)
        status = await part.wait(COMMAND_SECONDS)
        self._outcome.require("Traceback" not in part.output, f"a move ends in words: {what}: {part.output}")
        if kind in (GATEWAY, NOTHING):
            self._outcome.require(status == 0, f"a move succeeds while its servers live: {what}: {part.output}")
        if kind == NOTHING:
            self.held_up += map(float, HELD_UP.findall(part.output))
        await self._heal(kind, part, source, target)
        has_left = await self._has_left(source)
        if has_left:
            await self._end_what_is_left(what, way)
        else:
            self.ends["complete" if status == 0 else "not begun"] += 1
        await self._require_owners(what, slots, (source, target))

    def _draw(self) -> tuple[int, int, list[int]]:
        """From where, to where, and which slots, one of which at least has a room with members."""
        owners: dict[int, list[int]] = {}
        for slot in SLOTS:
            owners.setdefault(self._realm.index_of(slot), []).append(slot)
        peopled = {
            index: [slot for slot in slots if slot in self._realm.transcripts] for index, slots in owners.items()
        }
        source = self._random.choice([index for index in sorted(peopled) if peopled[index]])
        target = self._random.choice([index for index in range(len(self._names)) if index != source])
        one = self._random.choice(peopled[source])
        others = [slot for slot in owners[source] if slot != one and self._random.random() < 0.7]
        return source, target, sorted([one, *others])

    async def _strike(self, kind: str, part: Part, source: int, target: int) -> None:
        """Kill something at some moment of a move: before the slots leave, or, oftener, after that."""
        if kind == NOTHING:
            return
        if self._random.random() < EARLY_SHARE:
            await asyncio.sleep(self._random.uniform(0.0, EARLY_SECONDS))
        else:
            await self._until_left(part, source)
            await asyncio.sleep(self._random.uniform(0.0, LATE_SECONDS))
        self.kills[kind] += 1
        if kind == MOVER:
            part.kill()
        elif kind == GATEWAY:
            index = self._random.randrange(len(self._realm.gateways))
            self._realm.gateways[index].part.kill()
            await self._realm.replace_gateway(index)
        else:
            self._realm.servers[source if kind == SOURCE else target].server.kill()

    async def _until_left(self, part: Part, source: int) -> None:
        connection = await asyncpg.connect(self._realm.views[source].stack.database_url, timeout=COMMAND_SECONDS)
        try:
            while part.child.poll() is None and not await connection.fetchval(HAS_LEFT):
                await asyncio.sleep(0.001)
        finally:
            connection.terminate()

    async def _heal(self, kind: str, part: Part, source: int, target: int) -> None:
        """Start what was killed; of a mover nothing must be at work any more."""
        if kind in (SOURCE, TARGET):
            index = source if kind == SOURCE else target
            _, told = await self._run("list")
            lost = f"server {self._names[index]} ("
            self._outcome.require(lost in told, f"list tells who is away: {told}")
            said = not part.child.returncode or lost in part.output
            self._outcome.require(said, f"a move tells whom it lost, {lost}…: {part.output}")
            if kind == TARGET and await self._has_left(source):
                self._outcome.require("have not arrived" in told, f"list tells of a move whose goal is away: {told}")
            await asyncio.to_thread(self._realm.servers[index].server.start)

        async def are_gone() -> bool:
            return not any([await view.value(MOVERS) for view in self._realm.views])

        await until(are_gone, "the end of what a move had begun", COMMAND_SECONDS)

    async def _end_what_is_left(self, what: str, way: str) -> None:
        """Finish an interrupted move, or undo it, as list says."""
        status, told = await self._run("list")
        is_told = status == 1 and f"have left {way}" in told
        self._outcome.require(is_told, f"list names the unfinished move: {what}: {told}")
        end = self._random.choice(("finished", "undone"))
        self.ends[end] += 1
        status, told = await self._run("move", *(["--undo"] if end == "undone" else []))
        self._outcome.require(status == 0, f"it is {end}: {what}: {told}")
        print(end, told)

    async def _require_owners(self, what: str, slots: Sequence[int], candidates: tuple[int, int]) -> None:
        """No room is on two servers, or on none; map, servers and `edgechat server list` agree."""
        async with open_store(load(shards.settings(self._realm.nats.url))) as store:
            self._realm.deal, _ = await store.read()
        status, told = await self._run("list")
        self._outcome.require(status == 0, f"all is well after it: {what}: {told}")
        for index, view in enumerate(self._realm.views):
            dealt = [slot for slot in SLOTS if self._realm.index_of(slot) == index]
            held = await view.query(lambda c: c.fetchval(HELD, SLOTS))
            opened = await view.query(lambda c: c.fetchval(OPEN))
            agree = held == dealt == opened
            words = f"{self._names[index]} holds {held}, has open {opened}, and is dealt {dealt}"
            self._outcome.require(agree, f"a room is on one server: {what}: {words}")
        owners = {self._realm.index_of(slot) for slot in slots}
        self._outcome.require(owners <= {*candidates}, f"slots are where they were or had to go: {what}: {owners}")

    async def _until_all_present(self, what: str) -> None:
        waits = [resumer.present.wait() for resumer in self._realm.resumers]
        try:
            async with asyncio.timeout(PRESENT_SECONDS * self._realm.patience):
                await asyncio.gather(*waits)
        except TimeoutError:
            away = [resumer.name for resumer in self._realm.resumers if not resumer.present.is_set()]
            raise AssertionError(f"{away} are not back after {what}") from None

    async def _has_left(self, source: int) -> bool:
        return bool(await self._realm.views[source].value(HAS_LEFT))

    def _command(self, *arguments: str) -> Part:
        home = str(self._realm.gateways[0].part.log.parent)
        settings = shards.settings(self._realm.nats.url)
        return self._realm.stack.run("-m", "edgechat", "server", *arguments, EDGECHAT_HOME=home, **settings)

    async def _run(self, *arguments: str) -> tuple[int, str]:
        part = self._command(*arguments)
        return await part.wait(COMMAND_SECONDS), part.output


async def kill_moves(realm: Realm, members: int, moves: int, rate: float, seed: int | None = None) -> Outcome:
    """Have slots go over the servers under load, and kill the mover, either server, or a gateway on the way."""
    seed = choose_seed() if seed is None else seed
    outcome = realm.outcome(f"{moves} moves over {len(realm.servers)} servers, killed -9 on the way, seed {seed}")
    if realm.patience > 1:
        for view in realm.views:
            await view.query(lambda c: c.execute(LONG_GRACE))
    await realm.start(gateways=2, NUM_CHATROOMS=str(ROOMS))
    await realm.populate(members)
    done = Moves(realm, outcome, seed)
    async with realm.publisher.running(rate, acknowledged=True), realm.chatter(10):
        await asyncio.sleep(1)
        for resumer in realm.resumers:
            resumer.forget_pauses()
        await done.run(moves)
        paused = max(resumer.longest_pause for resumer in realm.resumers if resumer.room in (0, 3))
    await realm.audit(outcome, is_moved=True)
    acknowledged = realm.publisher.sent
    outcome.count(acknowledged=acknowledged, moves=moves)
    outcome.count(**{f"killed_{kind}": done.kills[kind] for kind in KINDS[:-1]}, **done.ends)
    outcome.count(longest_held_up_s=max(done.held_up, default=0.0), longest_pause_s=paused)
    outcome.count(slowest_resume_s=max(realm.resumes(), default=0.0))
    # The last one may have been stored without its answer having been waited for.
    kept = outcome.counts["messages"]
    outcome.require(acknowledged <= kept <= acknowledged + 1, f"acknowledged = messages, {acknowledged} are {kept}")
    outcome.require(sum(done.kills.values()) == moves - moves // len(KINDS), "the fault was provoked each time")
    _judge_members(realm, outcome)
    await _read_again(realm, outcome)
    return outcome


def _is_at(seq: int, message: chatmessage) -> bool:
    return message.seq >= seq


async def _read_again(realm: Realm, outcome: Outcome) -> None:
    """Whoever comes now can read all that the rooms got, wherever they were meanwhile."""
    count = 0
    for room in realm.transcripts:
        view = realm.views[realm.index_of(room)]
        newest = await view.value(NEWEST_SEQ, room)
        user = await User.at(realm.ports[0])
        try:
            await user.enter(f"reader {room}", room, resume_after=1)
            messages = await user.until(partial(_is_at, newest))
        finally:
            await user.close()
        statuses = {message.userstatus for message in messages}
        outcome.require("HISTORY_TRUNCATED" not in statuses, f"nothing of what room {room} got is gone")
        missing = {*range(2, newest + 1)} - {message.seq for message in messages}
        outcome.require(not missing, f"room {room} can be read from its beginning, but for {sorted(missing)[:3]}")
        count += len(messages)
    outcome.count(read_again=count)


def _judge_members(realm: Realm, outcome: Outcome) -> None:
    """Members were closed with a reason, came back with their token, and nobody saw them leave."""
    closings: Counter[int] = Counter()
    for resumer in realm.resumers:
        closings.update(resumer.closings)
    denied = [reason for resumer in realm.resumers for reason in resumer.denied_because]
    unexplained = sum(resumer.unexplained_denials for resumer in realm.resumers)
    unreasoned = sum((resumer.closed_without_reason for resumer in realm.resumers), Counter[int]())
    outcome.count(closed_with=dict(sorted(closings.items())), denied=len(denied), exits_seen=realm.exits())
    outcome.require(not {*unreasoned} - {UNTOLD}, f"whoever is closed is told why: {unreasoned}")
    outcome.require(unexplained == 0, f"nobody who had their token was refused: {denied[:3]}")
    outcome.require(realm.exits() == 0, "nobody was announced as gone")
