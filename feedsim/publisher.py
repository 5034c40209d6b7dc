"""Publishes a simulated feed over plain core NATS without awaiting an answer, as an outside feed would."""

import asyncio
import logging
import time
from collections.abc import Callable
from random import Random

import nats
from nats.aio.client import Client

from feedsim.market import Market
from feedsim.pace import Pace
from feedsim.sportsbook import Sportsbook
from runtime.settings import FEEDS, Settings

RECONNECT_SECONDS = 0.5
PING_SECONDS = 5

_log = logging.getLogger("feedsim")


async def run(settings: Settings, feed: str) -> None:
    """Publish `feed` ('sports' or 'executions') at its rate until cancelled; a rate of 0 is silent.

    Waits for a server that is not there yet, and reconnects for ever to one that was lost. What falls due while there
    is no connection is dropped, as with any live feed: the client would otherwise buffer it and send it all at once.
    Raises ValueError for another feed's name.
    """
    subject, make = _source(settings, feed)
    rate = settings.rates[feed]
    if rate == 0:
        _log.info("%s: rate 0, silent", feed)
        await asyncio.Event().wait()
    client = await _connect(settings.nats_servers(), feed)
    try:
        _log.info("%s: %g messages per second on subject %s", feed, rate, subject)
        await _publish(client, subject, rate, make)
    finally:
        await client.close()


def _source(settings: Settings, feed: str) -> tuple[str, Callable[[], bytes]]:
    """The feed's subject, and what makes the next message's bytes."""
    if feed == "sports":
        book = Sportsbook(Random())
        return settings.subjects["sport_event"], lambda: book.next_event().SerializeToString()
    if feed == "executions":
        market = Market(Random())
        return settings.subjects["execution"], lambda: market.next_execution(int(time.time())).SerializeToString()
    raise ValueError(f"unknown feed {feed!r}; it must be one of {', '.join(FEEDS)}")


async def _connect(urls: list[str], feed: str) -> Client:
    """Connect and stay connected; an error that repeats is logged once."""
    last_trouble = ""

    async def on_error(error: Exception) -> None:
        nonlocal last_trouble
        trouble = str(error) or type(error).__name__
        if trouble != last_trouble:
            servers = ", ".join(url.rpartition("@")[2] for url in urls)
            _log.warning("%s: NATS at %s: %s; trying again for ever", feed, servers, trouble)
            last_trouble = trouble

    async def on_reconnect() -> None:
        nonlocal last_trouble
        last_trouble = ""
        _log.info("%s: connected to NATS again", feed)

    return await nats.connect(
        urls,
        name=f"feedsim {feed}",
        max_reconnect_attempts=-1,
        reconnect_time_wait=RECONNECT_SECONDS,
        ping_interval=PING_SECONDS,
        error_cb=on_error,
        reconnected_cb=on_reconnect,
    )


async def _publish(client: Client, subject: str, rate: float, make: Callable[[], bytes]) -> None:
    pace = Pace(rate, time.monotonic())
    while True:
        now = time.monotonic()
        if client.is_connected:
            await _publish_burst(client, subject, [make() for _ in range(pace.take_due(now))])
        else:
            pace.skip(now)
        await asyncio.sleep(pace.wait(time.monotonic()))


async def _publish_burst(client: Client, subject: str, messages: list[bytes]) -> None:
    try:
        for message in messages:
            await client.publish(subject, message)
    except nats.errors.Error as error:
        # The connection was lost between the check and the write; the rest of the burst is lost too.
        _log.debug("burst cut short: %s", error)
