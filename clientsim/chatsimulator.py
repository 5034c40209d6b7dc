"""A simulated user: `python -m clientsim.chatsimulator NAME --roomid N --filter True`.

A service that numbers no messages is taken for the original, and expected to do what that does.

Exit status: 0 all well; 1 something was wrong (a filter's verdict, a row that its clause does not pass, a gap in seq, a
connection lost); 2 could not get in; 130 interrupted in a walk through the filters.
"""

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sys
import time
from pathlib import Path

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from clientsim.clauses import Step, walk
from clientsim.inspection import Inspection, describe
from clientsim.screen import Screen
from clientsim.sequence import Sequence
from edgechat.client import ChatConnection, JoinDeniedError
from edgechat.client.connection import websocket_url
from proto import chatmessage_pb2
from proto.chatmessage_pb2 import chatmessage

FILTER_PACE = 15.0
COMMENT_PACE = 3.0
LEAVE_CHANCE = 0.01
VERDICT_SECONDS = 10.0
SHOWN_PROBLEMS = 20

OK, WRONG, NOT_IN, INTERRUPTED = 0, 1, 2, 130

REMARKS = (
    "did you see that?",
    "never in doubt",
    "the odds just moved",
    "anyone else watching this one?",
    "that was close",
    "I would not bet on it",
    "what a finish",
    "who is buying at this price?",
)


class Simulation:
    """One user in one room, from the join to the summary."""

    def __init__(
        self, client: ChatConnection, options: argparse.Namespace, screen: Screen, joined: chatmessage
    ) -> None:
        self._client = client
        self._options = options
        self._screen = screen
        # The own USERJOINED, and whether it came from the original.
        self._joined = joined
        self._is_original = not joined.HasField("seq")
        self._inspection = Inspection(joined.user, tells_reasons=not self._is_original)
        self._sequence = Sequence()
        # Set when the last filter request has its verdict.
        self._verdict = asyncio.Event()
        # How many messages came, by status or type.
        self._seen: dict[str, int] = {}
        # Own comments and filter requests so far, and whether the walk got to its end.
        self._said = 0
        self._walked = 0
        self._completed = False
        self._started = time.monotonic()

    async def run(self) -> int:
        """Chat, and walk through the filters if asked to, until it is time to leave; returns the exit status."""
        self._show(self._joined)
        tasks = [asyncio.create_task(self._receive()), asyncio.create_task(self._comment())]
        if self._options.filter:
            tasks.append(asyncio.create_task(self._walk()))
        interrupted = False
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except asyncio.CancelledError:
            interrupted = True
        except ConnectionClosed:
            pass  # _stop notes how it was closed
        finally:
            await self._stop(tasks)
        return self._summarise(interrupted)

    async def _stop(self, tasks: list[asyncio.Task[None]]) -> None:
        code, reason = self._client.closing
        if code is not None:
            detail = f", {reason}" if reason else ""
            self._inspection.tally.problems.append(f"the connection ended with close code {code}{detail}")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.close()

    async def _receive(self) -> None:
        async for message in self._client.messages():
            self._show(message)

    async def _comment(self) -> None:
        """Comment now and then; without a walk through the filters, one comment in a hundred is the last."""
        while True:
            await asyncio.sleep(self._options.comment_pace * random.uniform(0.2, 1.8))
            await self._client.comment(random.choice(REMARKS))
            self._said += 1
            if not self._options.filter and random.random() < LEAVE_CHANCE:
                self._screen.own("time to leave")
                return

    async def _walk(self) -> None:
        steps = list(walk(of_original=self._is_original))
        await asyncio.sleep(min(1.0, self._options.pace))
        for number, step in enumerate(steps, 1):
            await self._request(step, f"{number}/{len(steps)}")
            await asyncio.sleep(self._options.pace)
            self._screen.remark(f"{self._inspection.rows_since_verdict} rows checked since")
        self._completed = True

    async def _request(self, step: Step, label: str) -> None:
        kind = "valid" if step.valid else "invalid"
        self._screen.own(f"request {label} ({kind}) {describe(step.sport_filter, step.execution_filter)}")
        self._verdict.clear()
        self._inspection.ask(step)
        self._walked += 1
        await self._client.set_filter(step.sport_filter, step.execution_filter)
        try:
            async with asyncio.timeout(VERDICT_SECONDS):
                await self._verdict.wait()
        except TimeoutError:
            self._screen.remark(self._inspection.give_up())

    def _show(self, message: chatmessage) -> None:
        kind = message.userstatus or chatmessage_pb2.msgtype.Name(message.mtype)
        self._seen[kind] = self._seen.get(kind, 0) + 1
        self._screen.message(self._options.roomid, message)
        if message.HasField("seq") and (trouble := self._sequence.take(message.seq)):
            self._inspection.tally.problems.append(trouble)
            self._screen.remark(f"WRONG: {trouble}")
        if self._options.filter and (remark := self._inspection.take(message)):
            self._screen.remark(remark)
        if self._inspection.answered:
            self._verdict.set()

    def _summarise(self, interrupted: bool) -> int:
        self._inspection.finish()
        tally, seen, say = self._inspection.tally, self._seen, self._screen.plain
        minutes, seconds = divmod(round(time.monotonic() - self._started), 60)
        say(f"-- {self._options.name} was in room {self._options.roomid} for {minutes} min {seconds} s")
        say(
            f"   received: {seen.get('USERJOINED', 0)} joins, {seen.get('USEREXITED', 0)} exits, "
            f"{seen.get('COMMENT', 0)} comments ({self._said} said by {self._options.name}), "
            f"{seen.get('EVENT', 0)} events, {seen.get('EXECUTION', 0)} trades"
            + (f", {seen['FEED']} rows of other feeds" if "FEED" in seen else "")
        )
        say(f"   {self._describe_sequence()}")
        if self._options.filter:
            say(
                f"   filters: {self._walked} asked for, {tally.applied} valid ones applied, "
                f"{tally.refused} invalid ones refused, {tally.rows_checked} rows checked, "
                f"{tally.rows_unchecked} not checked (no own filter was in force)"
            )
        for problem in tally.problems[:SHOWN_PROBLEMS]:
            say(f"   WRONG: {problem}")
        if len(tally.problems) > SHOWN_PROBLEMS:
            say(f"   and {len(tally.problems) - SHOWN_PROBLEMS} more")
        return self._status(interrupted)

    def _status(self, interrupted: bool) -> int:
        problems = len(self._inspection.tally.problems)
        if problems:
            self._screen.plain(f"   {problems} {'thing was' if problems == 1 else 'things were'} wrong")
            return WRONG
        if self._options.filter and interrupted and not self._completed:
            self._screen.plain("   interrupted; nothing wrong so far")
            return INTERRUPTED
        self._screen.plain("   all as it should be")
        return OK

    def _describe_sequence(self) -> str:
        sequence = self._sequence
        if not sequence.last:
            return "messages carried no seq, so gaps could not be looked for"
        flaws = f"{sequence.missing} missing, {sequence.doubles} doubled, {sequence.late} late"
        return f"seq {sequence.first} to {sequence.last}: {flaws}"


async def simulate(options: argparse.Namespace, screen: Screen) -> int:
    """Connect, join and run; returns the exit status."""
    try:
        client = await ChatConnection.connect(websocket_url(options.host, options.port))
    except (OSError, TimeoutError, InvalidHandshake, ConnectionClosed) as error:
        detail = str(error) or type(error).__name__
        print(f"no chat service reachable at {options.host}:{options.port}: {detail}", file=sys.stderr)
        return NOT_IN
    async with client:
        try:
            joined = await client.join(options.name, options.roomid, auth_token=options.token_file)
        except JoinDeniedError as denial:
            print(f"{options.name} may not join room {options.roomid}: {denial}", file=sys.stderr)
            return NOT_IN
        except ConnectionClosed as error:
            print(f"the service closed the connection before the join: {error}", file=sys.stderr)
            return NOT_IN
        return await Simulation(client, options, screen, joined).run()


def parse_options(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; raises SystemExit(2) with a usage text when it is wrong."""
    parser = argparse.ArgumentParser(prog="python -m clientsim.chatsimulator", description="A simulated chat user.")
    parser.add_argument("name", help="the user's name, unique over all rooms")
    parser.add_argument("--roomid", type=int, required=True, help="the room, from 0")
    parser.add_argument(
        "--filter",
        type=_is_wanted,
        default=False,
        metavar="True",
        help="walk through the collection of filters; any text but False or an empty one does",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4242)
    parser.add_argument("--pace", type=_seconds, default=FILTER_PACE, metavar="SECONDS", help="between filters (15)")
    parser.add_argument(
        "--comment-pace", type=_seconds, default=COMMENT_PACE, metavar="SECONDS", help="between comments (3)"
    )
    parser.add_argument(
        "--token-file", type=_first_line, metavar="FILE", help="has the token to join with, if one is needed"
    )
    return parser.parse_args(arguments)


def _first_line(path: str) -> str:
    """What a file holds: on the command line everybody on the machine could read it."""
    try:
        return Path(path).read_text().strip()
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _is_wanted(text: str) -> bool:
    return text.strip().lower() not in ("", "false")


def _seconds(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < float(text) < 86400:
            return float(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")


async def _run_until_stopped(options: argparse.Namespace) -> int:
    """Run; SIGTERM does what Ctrl-C does: leave cleanly and show the summary."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await simulate(options, Screen())


def main() -> int:
    """Run the command line; returns the exit status."""
    options = parse_options()
    try:
        return asyncio.run(_run_until_stopped(options))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return INTERRUPTED  # Before the join: there is nothing to sum up.
    except BrokenPipeError:
        # The reader of our lines (head, less) has gone; the interpreter must not fail over them again as it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return WRONG


if __name__ == "__main__":
    sys.exit(main())
