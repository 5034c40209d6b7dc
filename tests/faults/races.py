"""Many who want few names at once, in the rooms of all servers, while gateways die: a name is never two people's."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from random import Random

import asyncpg
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from edgechat.client import JoinDeniedError
from faults.outcome import Outcome
from faults.realm import Realm
from harness.background import background
from harness.people import User
from harness.waiting import until

FREE_SECONDS = 15.0
"""At the end each name is free within the grace (5 s), a look for lost claims, and a moment."""
KEPT = """
create table public.kept (at timestamptz default clock_timestamp(), has_come boolean, name text, place bigserial);
create function public.keep() returns trigger language plpgsql security definer as $$
begin
  insert into public.kept (has_come, name) select tg_op = 'INSERT', coalesce(new.username, old.username);
  return null;
end
$$;
create trigger keep after insert or delete on chat.member for each row execute function public.keep();
"""
"""Who was a member from when to when: what is committed later than it says came after it all the same."""
READ_KEPT = "select extract(epoch from at)::float8 as at, has_come, name from public.kept order by place"
CLAIMS = "select count(*) from chat.name_claim"
LOOKALIKES = str.maketrans("aceopsxy", "асеорѕху")
"""Cyrillic letters that look like Latin ones."""
LETTERS = "aceopsxy"


def spellings(number: int) -> tuple[str, str, str]:
    """The name with this number, in another case, and as it looks in another script: all one name."""
    text = "".join(LETTERS[number // 8**digit % 8] for digit in range(4))
    return text, text.title(), text.translate(LOOKALIKES)


class Race:
    """What became of the joins."""

    def __init__(self, realm: Realm, names: int, rooms: int) -> None:
        self._realm = realm
        self._names = names
        self._rooms = rooms
        self._random = Random(7)
        self.left = 0
        self.results: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()

    async def run(self, joins: int, racers: int) -> None:
        """Have so many join, `racers` at a time."""
        self.left = joins
        await asyncio.gather(*(self._race() for _ in range(racers)))

    async def _race(self) -> None:
        while self.left > 0:
            self.left -= 1
            try:
                self.results[await self._join()] += 1
            except (OSError, TimeoutError, ConnectionClosed, InvalidHandshake):
                # The gateway died, or is not there yet.
                self.results["lost"] += 1
                await asyncio.sleep(0.05)

    async def _join(self) -> str:
        """Join, stay a moment, and go: in one of the ways in which people do."""
        random = self._random
        name = random.choice(spellings(random.randrange(self._names)))
        room = random.randrange(self._rooms)
        user = await User.at(random.choice(self._realm.ports))
        try:
            await user.enter(name, room)
            await asyncio.sleep(random.uniform(0, 0.05))
            if random.random() < 0.3:
                # Their connection breaks, or does not, and they come back elsewhere.
                if random.random() < 0.5:
                    user.abort()
                await self._come_back(user)
                return "came back"
        except JoinDeniedError as error:
            if error.status != "DENIED_NAMETAKEN":
                self.reasons[str(error)] += 1
            return error.status
        finally:
            if random.random() < 0.5:
                user.abort()
            await user.close()
        return "joined"

    async def _come_back(self, user: User) -> None:
        back = await User.at(self._realm.random.choice(self._realm.ports))
        try:
            await back.enter(user.name, user.joined.roomid, resume_token=user.joined.resume_token)
        finally:
            await back.close()


async def race_for_names(realm: Realm, joins: int, names: int, racers: int, kill_every: float) -> Outcome:
    """Two gateways, one of which is killed every so many seconds, and started again."""
    outcome = realm.outcome(f"{joins} joins racing for {names} names on {len(realm.servers)} servers, gateways killed")
    for view in realm.views:
        await view.query(lambda c: c.execute(KEPT))
    rooms = 2 * len(realm.servers)
    await realm.start(gateways=2, NUM_CHATROOMS=str(rooms))
    race, kills = Race(realm, names, rooms), Counter[str]()
    started = time.monotonic()
    async with background(_kill_gateways(realm, kill_every, kills)):
        await race.run(joins, racers)
    outcome.count(took_s=time.monotonic() - started, **dict(race.results), gateways_killed=kills["killed"])
    for index, gateway in enumerate(realm.gateways):
        if gateway.part.child.poll() is not None:
            await realm.replace_gateway(index)
    free = await _until_all_free(realm, names)
    two = await _count_two(realm, outcome)
    outcome.count(two_at_once=two, slowest_free_s=free)
    outcome.require(not race.reasons, f"names are the only reason for which anybody is denied: {race.reasons}")
    outcome.require(kills["killed"] > 0 and race.results["joined"] > 0, "the fault was provoked")
    outcome.require(two == 0, "a name was two people's")
    outcome.require_within(free, FREE_SECONDS, "every name is free within the grace and a moment")
    claims = sum([await view.value(CLAIMS) for view in realm.views])
    outcome.require(claims == 0, f"no claim is left, {claims} are")
    return outcome


async def _kill_gateways(realm: Realm, every: float, kills: Counter[str]) -> None:
    while True:
        for index in range(len(realm.gateways)):
            await asyncio.sleep(every)
            realm.gateways[index].part.kill()
            kills["killed"] += 1
            await realm.replace_gateway(index)


async def _until_all_free(realm: Realm, names: int) -> float:
    """Wait until each name could be joined, on another server each time, and was left; how long that took."""
    started = time.monotonic()

    async def is_joined(number: int) -> bool:
        user = await User.at(realm.ports[number % len(realm.ports)])
        try:
            await user.enter(spellings(number)[number % 3], number % len(realm.servers))
        except JoinDeniedError:
            return False
        finally:
            await user.close()
        return True

    async def join(number: int) -> None:
        await until(lambda: is_joined(number), f"{spellings(number)[0]} to be free", 6 * FREE_SECONDS)

    await asyncio.gather(*(join(number) for number in range(names)))
    took = time.monotonic() - started

    async def are_none() -> bool:
        return sum([await view.value(CLAIMS) for view in realm.views]) == 0

    await until(are_none, "the last claims to be given up", 6 * FREE_SECONDS)
    return took


async def _count_two(realm: Realm, outcome: Outcome) -> int:
    """How often somebody came in under a name that a member of another server had at that moment."""
    stays: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for view in realm.views:
        for name, came, went in _stays(await view.query(lambda c: c.fetch(READ_KEPT))):
            stays[name].append((came, went))
    outcome.count(stays=sum(map(len, stays.values())), names_used=len(stays))
    two = 0
    for times in stays.values():
        latest = 0.0
        for came, went in sorted(times):
            two += came < latest
            latest = max(latest, went)
    return two


def _stays(rows: list[asyncpg.Record]) -> Iterator[tuple[str, float, float]]:
    """From when to when somebody was a member under a name, in any spelling, on one server."""
    came: dict[str, float] = {}
    for row in rows:
        if row["has_come"]:
            came[row["name"]] = row["at"]
        else:
            yield _plain(row["name"]), came.pop(row["name"]), row["at"]
    for name, at in came.items():
        yield _plain(name), at, float("inf")


def _plain(name: str) -> str:
    return name.lower().translate({ord(there): here for here, there in zip(LETTERS, "асеорѕху", strict=True)})
