"""Many users in one process: `python -m clientsim.swarm --users 200 --rooms 5 --seconds 20`.

Exit status: 0 all well; 1 a gap, a double or disorder in seq, a connection lost, a comment that never came back, or a
join refused for another reason than a full room; 2 nobody got in.
"""

import argparse
import asyncio
import math
import os
import random
import signal
import sys
import time

import uvloop

from clientsim.member import Member, Refused
from clientsim.screen import printable
from clientsim.traffic import Traffic, milliseconds, percentile

JOINS_AT_ONCE = 50
SETTLE_SECONDS = 5.0
SETTLE_PAUSE = 0.05
DROP_SECONDS = 5.0
RESUME_TRIES = 25
RESUME_PAUSE = 0.2
SHOWN_REASONS = 10

OK, WRONG, NOBODY_IN = 0, 1, 2


class Swarm:
    """All users, from the joins to the summary."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._traffic = Traffic()
        # Set when the time is over or a signal came.
        self._over = asyncio.Event()
        # How long the chat lasted, and how many deliveries there were in that time.
        self._seconds = 0.0
        self._deliveries = 0
        # The process id keeps two swarms on one service apart.
        self._members = [
            Member(f"swarm{os.getpid()}-{number}", number % options.rooms, self._traffic)
            for number in range(options.users)
        ]

    async def run(self) -> int:
        """Join, chat for the time that was asked for, leave; returns the exit status."""
        await self._join_all()
        joined = [member for member in self._members if member.present]
        say(f"{len(joined)} of {len(self._members)} users joined")
        self._tell_refusals()
        if not joined:
            return NOBODY_IN
        await self._chat(joined)
        for member in joined:
            member.leave()
        # One turn of the loop for the goodbyes.
        await asyncio.sleep(0.1)
        return self._summarise(joined)

    async def _join_all(self) -> None:
        limit = asyncio.Semaphore(JOINS_AT_ONCE)

        async def join(member: Member) -> None:
            async with limit:
                await self._join(member)

        await asyncio.gather(*(join(member) for member in self._members))

    async def _join(self, member: Member) -> None:
        try:
            await member.join(self._options.host, self._options.port)
        except Refused as refusal:
            if refusal.status == "DENIED_ROOMFULL":
                self._traffic.rooms_full += 1
            else:
                self._traffic.refusals[str(refusal)] += 1
        except (OSError, TimeoutError) as error:
            place = f"{self._options.host}:{self._options.port}"
            self._traffic.refusals[f"{place}: {str(error) or 'no answer to the join'}"] += 1

    async def _chat(self, joined: list[Member]) -> None:
        """Let everybody chat until the time is over or Ctrl-C is pressed, and show the figures meanwhile."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._over.set)
        loop.call_later(self._options.seconds, self._over.set)
        started, before = time.monotonic(), self._traffic.deliveries
        lives = [asyncio.create_task(self._live(member)) for member in joined]
        await self._show(joined)
        self._seconds, self._deliveries = time.monotonic() - started, self._traffic.deliveries - before
        # A user who is just coming back is waited for: their check needs what they missed.
        await asyncio.gather(*lives)
        await self._settle(joined)

    async def _live(self, member: Member) -> None:
        """Comment about `rate` times per second; with --resume drop the connection about every five seconds."""
        rate, now = self._options.rate, time.monotonic()
        comment_at = now + random.uniform(0, 1) / rate if rate else math.inf
        drop_at = now + DROP_SECONDS * random.uniform(0.2, 1.8) if self._options.resume else math.inf
        while not await self._over_by(min(comment_at, drop_at)):
            if drop_at <= comment_at:
                await self._resume(member)
                drop_at = time.monotonic() + DROP_SECONDS * random.uniform(0.2, 1.8)
            else:
                if member.present:
                    member.comment()
                comment_at = max(time.monotonic(), comment_at + random.uniform(0.5, 1.5) / rate)

    async def _over_by(self, moment: float) -> bool:
        """Wait for a moment of the monotonic clock; returns whether it was over before."""
        try:
            async with asyncio.timeout(max(0.0, moment - time.monotonic()) if moment < math.inf else None):
                await self._over.wait()
        except TimeoutError:
            return False
        return True

    async def _resume(self, member: Member) -> None:
        """Drop and come back. The old connection may hold name and place for a moment, so refusals are retried."""
        member.drop()
        for attempt in range(1, RESUME_TRIES + 1):
            await asyncio.sleep(RESUME_PAUSE)
            try:
                await member.join(self._options.host, self._options.port)
            except (Refused, OSError, TimeoutError) as error:
                if attempt == RESUME_TRIES:
                    self._traffic.lost[f"could not come back: {str(error) or 'no answer'}"] += 1
            else:
                self._traffic.resumes += 1
                return

    async def _show(self, joined: list[Member]) -> None:
        """Print one line per second until it is over."""
        traffic, started = self._traffic, time.monotonic()
        while not self._over.is_set():
            deliveries, comments, latencies = traffic.deliveries, traffic.comments_sent, len(traffic.latencies)
            since = time.monotonic()
            await self._over_by(since + 1)
            seconds, recent = time.monotonic() - since, traffic.latencies[latencies:]
            say(
                f"{time.monotonic() - started:6.1f} s  {sum(member.present for member in joined)} users  "
                f"{(traffic.comments_sent - comments) / seconds:.0f} comments/s  "
                f"{(traffic.deliveries - deliveries) / seconds:.0f} deliveries/s  {_latency(recent)}  "
                f"{_flaws(joined)}"
            )

    async def _settle(self, joined: list[Member]) -> None:
        """Wait, at most SETTLE_SECONDS, until the last own comments have arrived, behind what resumes fill in."""
        for _ in range(round(SETTLE_SECONDS / SETTLE_PAUSE)):
            if not any(m.present and m.unanswered for m in joined):
                return
            await asyncio.sleep(SETTLE_PAUSE)

    def _tell_refusals(self) -> None:
        traffic, options = self._traffic, self._options
        if traffic.rooms_full:
            wanted = -(-options.users // options.rooms)
            sizes = sorted({member.max_users for member in self._members if member.max_users})
            say(
                f"{traffic.rooms_full} users found their room full: rooms take {' or '.join(map(str, sizes))}, "
                f"{wanted} would come into each; start the service with MAX_NUMUSERS=[{wanted}] to let all in"
            )
        for reason, count in traffic.refusals.most_common(SHOWN_REASONS):
            say(f"{count} users did not get in: {reason}")

    def _summarise(self, joined: list[Member]) -> int:
        traffic = self._traffic
        unanswered = max(0, sum(member.unanswered for member in joined) - traffic.comments_refused)
        say(f"-- {len(joined)} users in {self._options.rooms} rooms for {self._seconds:.1f} s")
        say(
            f"   comments: {traffic.comments_sent} sent, {traffic.comments_received} received, "
            f"{traffic.comments_refused} refused, {unanswered} never came back"
        )
        say(f"   deliveries: {self._deliveries}, {self._deliveries / max(self._seconds, 1e-9):.0f}/s")
        say(f"   latency of own comments: {_latency(traffic.latencies)}")
        if self._options.resume:
            say(f"   resumes: {traffic.resumes}, of which {traffic.truncated} were told that something is gone")
        say(f"   seq: {_flaws(joined)}")
        for reason, count in traffic.lost.most_common(SHOWN_REASONS):
            say(f"   connections lost: {count}, {reason}")
        wrong = (
            unanswered
            or traffic.comments_refused
            or traffic.truncated
            or traffic.lost
            or traffic.refusals
            or any(member.sequence.is_flawed for member in joined)
        )
        say("   something was wrong" if wrong else "   all as it should be")
        return WRONG if wrong else OK


def _flaws(members: list[Member]) -> str:
    sequences = [member.sequence for member in members]
    return (
        f"gaps {sum(s.missing for s in sequences)}, doubles {sum(s.doubles for s in sequences)}, "
        f"disorder {sum(s.late for s in sequences)}"
    )


def _latency(latencies: list[float]) -> str:
    return f"p50 {milliseconds(percentile(latencies, 0.5))}, p99 {milliseconds(percentile(latencies, 0.99))}"


def say(text: str) -> None:
    """Print a line at once; texts of the service lose their control characters."""
    print(printable(text), flush=True)


def parse_options(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; raises SystemExit(2) with a usage text when it is wrong."""
    parser = argparse.ArgumentParser(prog="python -m clientsim.swarm", description="Many chat users in one process.")
    parser.add_argument("--users", type=_count, default=200)
    parser.add_argument("--rooms", type=_count, default=5, help="the users go into rooms 0 to this - 1 in turn")
    parser.add_argument("--seconds", type=_amount, default=20.0)
    parser.add_argument("--rate", type=_amount, default=0.33, help="comments per second and user (0.33)")
    parser.add_argument("--resume", action="store_true", help="users drop their connections now and then and resume")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4242)
    return parser.parse_args(arguments)


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")


def _amount(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if 0 <= number < math.inf:
        return number
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0")


async def _run(options: argparse.Namespace) -> int:
    return await Swarm(options).run()


def main() -> int:
    """Run the command line; returns the exit status."""
    options = parse_options()
    try:
        return uvloop.run(_run(options))
    except KeyboardInterrupt:
        return NOBODY_IN  # Before everybody had joined.


if __name__ == "__main__":
    sys.exit(main())
