"""The page under 2,000 rows a second: it counts them all, answers clicks, and does not grow."""

import os
import statistics
import time

import asyncpg
from playwright.async_api import expect

from harness.browser import Windows
from harness.parts import Stack
from harness.publisher import Publisher
from harness.waiting import until

SECONDS = float(os.environ.get("BROWSER_LOAD_SECONDS", "10"))
RATE = 2000
MOST_MEGABYTES = 150
MOST_ELEMENTS = 4000
CLICK_SECONDS = {"median": 0.1 if SECONDS >= 60 else 0.5}
"""The short form runs beside other tests."""

COUNT = "select count(*) from feed.sport_event"
CLICK = """async () => {
  const button = document.querySelector('.feed button[aria-pressed]');
  const start = performance.now();
  button.click();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - start;
}"""
HEAP = "performance.memory ? performance.memory.usedJSHeapSize / 1e6 : 0"


async def test_two_thousand_rows_a_second(feed_stack: Stack, windows: Windows, connection: asyncpg.Connection) -> None:
    """For ten seconds; `make browser-load` for a minute."""
    gateway = await feed_stack.start_gateway()
    await feed_stack.start_bridge()
    adam = await windows.open(gateway.port)
    await adam.join("adam")
    assert feed_stack.nats_url
    publisher = Publisher(feed_stack.nats_url)
    clicks, heaps = [], []
    async with publisher.running(RATE):
        started = time.monotonic()
        while time.monotonic() - started < SECONDS:
            clicks.append(await adam.page.evaluate(CLICK) / 1000)
            heaps.append(await adam.page.evaluate(HEAP))
            await adam.page.wait_for_timeout(150)
    if await adam.feed().button("Pause").get_attribute("aria-pressed") == "true":
        await adam.feed().button("Pause").click()

    async def is_stored() -> bool:
        return bool(await connection.fetchval(COUNT) == publisher.sent)

    await until(is_stored, "the rows to be stored", 60)
    await expect(adam.feed().total).to_have_text(f"{publisher.sent:,}", timeout=60_000)
    elements = await adam.page.evaluate("document.querySelectorAll('*').length")
    median = statistics.median(clicks)
    print(
        f"{publisher.sent:,} rows in {SECONDS:.0f} s; a click is answered in {median * 1000:.0f} ms at median,"
        f" {max(clicks) * 1000:.0f} ms at most; heap {max(heaps):.0f} MB at most; {elements} elements"
    )
    assert median < CLICK_SECONDS["median"]
    assert max(heaps) < MOST_MEGABYTES
    assert elements < MOST_ELEMENTS
