"""Simulates the system on a machine with so many cores: who waits for whom, and what comes of it.

Every part does one thing at a time, as a Python process and a session of Postgres do. A bridge takes what waits for it,
up to a thousand rows, hands it to its session, and takes the next when that has answered: so batches grow as the load
does, which makes a row cheaper. The gateway and the clients take what comes in turn. All parts that have something to
do share the cores evenly.
"""

from collections import deque
from dataclasses import dataclass, field

from bench.scale.work import DOES, SHARED, Constants, Rooms, Work, cost, of_batch

STEP = 0.0005
"""Seconds of simulated time."""
MOST_ROWS = 1000
"""In a batch of a bridge."""
LONGEST = 120.0


@dataclass
class Job:
    """A batch on its way."""

    work: Work


@dataclass
class Part:
    """One process, or session; it works on its jobs one after another."""

    name: str
    jobs: deque[tuple[Job, float]] = field(default_factory=deque)
    spent: float = 0.0

    def put(self, job: Job, constants: Constants) -> None:
        """Have something done when everything before it is done."""
        self.jobs.append((job, cost(constants[self.name], job.work)))

    def run(self, seconds: float) -> list[Job]:
        """Work for so much processor time; what was finished."""
        done = []
        while self.jobs and seconds > 0:
            job, left = self.jobs.popleft()
            used = min(left, seconds)
            seconds -= used
            self.spent += used
            if used < left:
                self.jobs.appendleft((job, left - used))
            else:
                done.append(job)
        return done


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows per second from the first publication to the last delivery, processor seconds by part, and batches."""

    throughput: float
    spent: dict[str, float]
    batches: int


class Simulation:
    """Some seconds of a feed at a rate, and what it takes until everybody has everything."""

    def __init__(self, constants: Constants, commit: float, rooms: Rooms, servers: int, cores: float) -> None:
        """`commit`: seconds for which a commit waits for the disk."""
        self._constants = constants
        self._commit = commit
        self._rooms = rooms
        self._servers = servers
        self._cores = cores
        self._parts = {name: [Part(name) for _ in range(1 if name in SHARED else servers)] for name in DOES}
        self._waiting = [0.0] * servers
        # What each server is writing to its disk, and when that is done; None if it is not.
        self._writing: list[tuple[float, Job] | None] = [None] * servers
        self._batches = 0

    def run(self, rate: float, seconds: float) -> Outcome:
        """Publish at this rate for so long; raises ValueError if it never ends."""
        now, published, total = 0.0, 0.0, rate * seconds
        while published < total or not self._is_idle():
            if now > LONGEST:
                raise ValueError(f"{rate:,.0f} messages/s for {seconds} s are not through after {LONGEST:.0f} s")
            new = min(rate * STEP, total - published)
            if new > 0:
                published += new
                self._publish(new)
            self._take(now)
            self._work(now)
            now += STEP
        spent = {name: sum(part.spent for part in parts) for name, parts in self._parts.items()}
        for name, parts in self._parts.items():
            spent[name] += len(parts) * now * self._constants[name].get("seconds", 0.0)
        return Outcome(total / now, spent, self._batches)

    def _is_idle(self) -> bool:
        return (
            max(self._waiting) < 1
            and not any(self._writing)
            and not any(part.jobs for parts in self._parts.values() for part in parts)
        )

    def _publish(self, rows: float) -> None:
        self._parts["publisher"][0].put(Job(Work(rows=rows)), self._constants)
        for server in range(self._servers):
            self._waiting[server] += rows

    def _take(self, now: float) -> None:
        """Each bridge whose session is free takes what waits."""
        for server, bridge in enumerate(self._parts["bridge"]):
            session = self._parts["postgres: bridge"][server]
            if self._waiting[server] >= 1 and not (bridge.jobs or session.jobs or self._writing[server]):
                rows = min(self._waiting[server], MOST_ROWS)
                self._waiting[server] -= rows
                self._batches += 1
                job = Job(of_batch(self._rooms, rows, self._servers))
                for part in (bridge, self._parts["nats-server"][0]):
                    part.put(job, self._constants)

    def _work(self, now: float) -> None:
        """One step of all parts; what they finish goes on."""
        busy = [part for parts in self._parts.values() for part in parts if part.jobs]
        share = STEP * min(1.0, self._cores / len(busy)) if busy else 0.0
        for name, parts in self._parts.items():
            for server, part in enumerate(parts):
                for job in part.run(share):
                    self._pass_on(name, server, job, now)
        for server, writing in enumerate(self._writing):
            if writing is not None and writing[0] <= now:
                self._writing[server] = None
                self._parts["postgres: others"][server].put(writing[1], self._constants)
                for name in ("gateway", "bystander"):
                    self._parts[name][0].put(writing[1], self._constants)

    def _pass_on(self, name: str, server: int, job: Job, now: float) -> None:
        match name:
            case "bridge":
                self._parts["postgres: bridge"][server].put(job, self._constants)
            case "postgres: bridge":
                self._writing[server] = (now + self._commit, job)
            case "gateway":
                self._parts["crowd"][0].put(job, self._constants)
