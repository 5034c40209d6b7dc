"""`make screenshots`: the page's pictures for the documents, taken of a stack that is started for it."""

import asyncio
from pathlib import Path

import asyncpg
from playwright.async_api import expect

from harness.browser import Windows, running_browser, write_picture
from harness.jetstream import delete_streams
from harness.parts import Stack
from harness.servers import running_nats, started_when_asked, temporary_directory

FOLDER = Path(__file__).parents[2] / "docs" / "images"
PHONE = (390, 780)
WIDE = (1280, 780)
SPORTS = "12"
EXECUTIONS = "3"
ALERTS = "select chat.add_feed('weather', subject => 'weather.>', columns => '{city:text,temperature:float,wind:text}')"
STORE = """
insert into feed.weather (subject, city, temperature, wind)
select 'weather.' || t.city, t.city, t.temperature, t.wind
from (values ('Ulm', 21.5, 'calm'), ('Oslo', -3, 'north, 12 m/s'), ('Rome', 27, 'south, 4 m/s'))
  as t(city, temperature, wind)
"""


async def take_pictures(port: int, connection: asyncpg.Connection, windows: Windows) -> None:
    """One after the other, of a room in which people talk."""
    eve, adam = await windows.open(port, size=WIDE), await windows.open(port, size=WIDE)
    await eve.join("eve", 3)
    await adam.open(3)
    await adam.page.get_by_label("Your name").fill("adam")
    write_picture(FOLDER, "join", await adam.page.screenshot())
    await adam.ask_to_join("adam")
    await expect(adam.page.locator("#link")).to_have_text("live")
    await connection.execute(ALERTS)
    for window, text in (
        (eve, "Are you following the final?"),
        (adam, "Yes. Shall we see tennis only?"),
        (eve, "Please do, the trades are loud enough."),
    ):
        await window.say(text)
        await expect(adam.line(text)).to_have_count(1)
        await asyncio.sleep(2)
    await adam.feed().apply("sport_name = 'TENNIS'")
    await expect(adam.feed().state).to_contain_text("TENNIS")
    await adam.feed("weather").apply("temperature > 20")
    await connection.execute(STORE)
    await eve.say("SINNER is two sets up!")
    await asyncio.sleep(14)
    await adam.page.locator("#comment").focus()
    await adam.page.locator("#feeds").evaluate("feeds => feeds.scrollTop = 0")
    await adam.page.mouse.move(250, 600)
    write_picture(FOLDER, "room", await adam.page.screenshot())
    await adam.feed().field.fill("sport_name = 'TENNIS' and match_titel like '%SINNER%'")
    await expect(adam.feed().panel.locator("mark")).to_have_count(1)
    await adam.feed().field.press("Escape")
    await asyncio.sleep(0.5)
    write_picture(FOLDER, "refused", await adam.page.screenshot())
    dark, phone = await windows.open(port, dark=True, size=WIDE), await windows.open(port, size=PHONE)
    await dark.join("zoe", 3)
    await dark.feed().field.press("End")
    await dark.feed().field.press_sequentially(" and match_title = ")
    await expect(dark.page.get_by_role("option").first).to_be_visible()
    await asyncio.sleep(6)
    write_picture(FOLDER, "dark", await dark.page.screenshot())
    await phone.join("max", 3)
    await phone.page.get_by_role("button", name="Feeds").click()
    await asyncio.sleep(6)
    write_picture(FOLDER, "phone", await phone.page.screenshot())


async def run() -> None:
    """Start what is needed, take the pictures, stop everything."""
    with started_when_asked() as server, running_nats() as nats_server, temporary_directory() as directory:
        url = server(18).create_migrated()
        stack = Stack(url, nats_server.url, directory)
        connection = await asyncpg.connect(url)
        try:
            await stack.start_bridge()
            gateway = await stack.start_gateway()
            for feed in ("sports", "executions"):
                stack.run("-m", "edgechat", "simulate", feed, EVENT_RATE=SPORTS, EXECUTION_RATE=EXECUTIONS)
            async with running_browser() as windows:
                await take_pictures(gateway.port, connection, windows)
        finally:
            connection.terminate()
            stack.stop()
            await delete_streams(nats_server.url)


if __name__ == "__main__":
    asyncio.run(run())
