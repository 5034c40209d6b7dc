"""Looks again and again, and shows what went on meanwhile, until Ctrl-C or for one look."""

import asyncio
import json
import shutil
import sys
import time
from dataclasses import asdict

import asyncpg

from edgechat.look.stream import CONNECT_SECONDS
from edgechat.top.rates import Rates, compare
from edgechat.top.sample import Cost, Sampler
from edgechat.top.screen import render
from runtime.errors import StackError
from runtime.primary import primary_of
from runtime.remedy import describe
from runtime.role import connect_as
from runtime.settings import Settings

CLEAR = "\x1b[H\x1b[2J"
COST_SECONDS = 10.0
"""Costs are measured at most so often: it takes time from the server, the more the more filters there are."""


def run_top(
    settings: Settings, interval: float, is_once: bool, is_json: bool, with_cost: bool, server: str | None = None
) -> None:
    """Show rates every `interval` seconds, of a server that is called so if there are several.

    Raises StackError if Postgres is away or refuses.
    """
    try:
        asyncio.run(_watch(settings, interval, is_once, is_json, with_cost, server))
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StackError(f"Postgres does not answer: {describe(error)}") from None


async def _watch(
    settings: Settings, interval: float, is_once: bool, is_json: bool, with_cost: bool, server: str | None
) -> None:
    connection = await connect_as(
        "inspector",
        primary_of(settings.database_url),
        timeout=CONNECT_SECONDS,
        server_settings={"application_name": "edgechat top"},
    )
    sampler = Sampler(settings, connection)
    cost: Cost | None = None
    measured = -COST_SECONDS
    try:
        before = await sampler.sample()
        while True:
            if with_cost and time.monotonic() - measured >= COST_SECONDS:
                cost, measured = await sampler.cost(), time.monotonic()
            await asyncio.sleep(interval)
            after = await sampler.sample()
            _show(compare(before, after, cost), is_once, is_json, server)
            if is_once:
                return
            before = after
    finally:
        await sampler.close()


def _show(rates: Rates, is_once: bool, is_json: bool, server: str | None) -> None:
    if is_json:
        print(json.dumps(({"server": server} if server else {}) | asdict(rates)), flush=True)
        return
    size = shutil.get_terminal_size((120, 40))
    is_screen = sys.stdout.isatty() and not is_once
    of_server = f" of the server {server}, others by --server" if server else ""
    head = f"edgechat top{of_server}, over the last {rates.seconds:.1f} s" + ("; Ctrl-C ends it" if is_screen else "")
    text = f"{head}\n{render(rates, size.lines - 1, size.columns)}"
    print((CLEAR + text) if is_screen else f"{text}\n", flush=True)
