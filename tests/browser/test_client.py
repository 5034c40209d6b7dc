"""`edgechat.js` alone, as somebody else's page would use it."""

import asyncpg
from playwright.async_api import Page

from harness.browser import Windows
from harness.parts import Stack
from harness.waiting import until

STORE_EVENTS = """
insert into feed.sport_event (sport, match_title, data_event)
select 1 + n % 7, 'A vs B', 'row ' || n from generate_series(1, $1::int) as n
"""
START = """async (path) => {
  const { EdgeChat } = await import(path + "edgechat.js");
  const url = new URL(path, location.href);
  url.protocol = "ws:";
  window.chat = new EdgeChat(url);
  window.seqs = [];
  window.states = [];
  chat.addEventListener("message", ({ detail }) => detail.seq && seqs.push(detail.seq));
  chat.addEventListener("status", ({ detail }) => states.push(detail.state));
  const welcome = await chat.connect();
  return welcome.feeds.map((feed) => feed.name);
}"""
TRY = """async (wish) => {
  try {
    return await %s;
  } catch ({ name, status, reason, reasonAt }) {
    return { name, status, reason, reasonAt };
  }
}"""


async def newest(page: Page) -> int:
    """The last seq that the client saw."""
    return int(await page.evaluate("chat.lastSeq"))


async def test_it_joins_talks_and_is_refused(stack: Stack, windows: Windows) -> None:
    """Answers come as promises, refusals as errors with their reason and place; below a path of a proxy, too."""
    gateway = await stack.start_gateway()
    page = (await windows.open(gateway.port)).page
    await page.goto(f"http://127.0.0.1:{gateway.port}/some/where/")
    assert await page.evaluate(START, "/some/where/") == ["sport_event", "execution"]
    denied = await page.evaluate(TRY % "chat.join(wish)", {"name": "zoe", "room": 99})
    assert (denied["name"], denied["status"]) == ("Refusal", "DENIED_BADROOMID")
    assert (await page.evaluate(TRY % "chat.join(wish)", {"name": "zoe", "room": 2}))["userstatus"] == "USERJOINED"
    assert (await page.evaluate(TRY % "chat.comment(wish)", "hello"))["comment"] == "hello"
    assert (await page.evaluate(TRY % "chat.comment(wish)", ""))["status"] == "REJECTED_COMMENT"
    refused = await page.evaluate(TRY % "chat.setFilters(wish)", {"sport_event": "sport = 4 and nothing = 1"})
    assert (refused["status"], refused["reasonAt"]) == ("REJECTED_BADFILTER", 15)
    applied = await page.evaluate(TRY % "chat.setFilters(wish)", {"sport_event": "sport = 4"})
    assert applied["sportFilter"] == "sport = 4"
    await page.evaluate("chat.close()")
    assert await page.evaluate("states.at(-1)") == "ended"


async def test_it_comes_back_where_it_was(stack: Stack, windows: Windows, connection: asyncpg.Connection) -> None:
    """Three times, while rows go on: every seq is seen, none twice."""
    gateway = await stack.start_gateway()
    page = (await windows.open(gateway.port)).page
    await page.goto(f"http://127.0.0.1:{gateway.port}/")
    await page.evaluate(START, "/")
    await page.evaluate("chat.join({ name: 'zoe', room: 1 })")

    async def is_back() -> bool:
        return bool(await page.evaluate("chat.state === 'joined'"))

    for _ in range(3):
        await connection.execute(STORE_EVENTS, 50)
        gateway.part.kill()
        await connection.execute(STORE_EVENTS, 50)
        gateway = await stack.start_gateway(CONTAINER_PORT=str(gateway.port))
        await until(is_back, "the client to come back")
        await connection.execute(STORE_EVENTS, 50)
    await page.evaluate("chat.comment('the end')")
    wanted = await connection.fetchval("select chat.newest_seq(1)")

    async def has_all() -> bool:
        return bool(await newest(page) >= wanted)

    await until(has_all, "everything that the room got")
    seqs = await page.evaluate("seqs")
    assert len(seqs) > 450
    assert seqs == [*range(seqs[0], seqs[0] + len(seqs))]
