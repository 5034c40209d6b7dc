"""The filter of a feed in the page: completed and checked while it is typed, applied, refused, undone, explained."""

import re

import asyncpg
from playwright.async_api import expect

from harness.added_feeds import add_weather, store
from harness.browser import Panel, Window, Windows
from harness.parts import Stack

SET_NOW = re.compile(r"temperature > 20 adam \d\d?:\d\d( [AP]M)? active")
STORE = """
insert into feed.sport_event (sport, match_title, data_event)
select 1 + n % 7, 'A vs B', 'row ' || n from generate_series(1, 70) as n
"""


async def click_golf(stack: Stack, windows: Windows, connection: asyncpg.Connection) -> tuple[Window, Panel]:
    """A room whose feed has rows, of which somebody has clicked a value."""
    gateway = await stack.start_gateway()
    adam = await windows.open(gateway.port)
    await adam.join("adam")
    await connection.execute(STORE)
    feed = adam.feed()
    await feed.rows.filter(has_text="GOLF").first.get_by_role("button", name="GOLF").click()
    return adam, feed


async def test_only_tennis(stack: Stack, windows: Windows, connection: asyncpg.Connection) -> None:
    """Somebody types what they want to see, chooses what is proposed, and everybody in the room gets that alone."""
    gateway = await stack.start_gateway()
    adam, eve = await windows.open(gateway.port), await windows.open(gateway.port)
    await adam.join("adam")
    await eve.join("eve")
    await connection.execute(STORE)
    feed = adam.feed()
    await feed.field.press_sequentially("tenn")
    await expect(adam.page.get_by_role("option")).to_contain_text(["sport_name = 'TENNIS'"])
    await expect(feed.result).to_have_text("Enter takes sport_name = 'TENNIS'")
    await feed.field.press("Enter")
    await expect(feed.field).to_have_value("sport_name = 'TENNIS' ")
    await expect(feed.result).to_contain_text("10 of the newest 70 rows match")
    await expect(feed.panel.locator(".examples li")).to_have_count(3)
    await expect(adam.page.get_by_role("option")).to_have_count(0)
    await feed.field.press("Enter")
    await expect(eve.feed().state).to_contain_text("sport_name = 'TENNIS'")
    await expect(eve.line("sport_name = 'TENNIS'")).to_contain_text("adam")
    await connection.execute(STORE)
    await expect(eve.feed().total).to_have_text("80")
    await expect(eve.feed().rows).to_have_count(10)
    await expect(eve.feed().rows.filter(has_text="TENNIS")).to_have_count(10)
    await feed.button("Undo").click()
    await expect(eve.feed().state).to_have_text("everything passes ")
    await feed.panel.get_by_text("Recent filters").click()
    await expect(feed.panel.locator(".past li").filter(has_text="sport_name = 'TENNIS'")).to_contain_text("adam")


async def test_columns_operators_and_values_are_proposed(
    stack: Stack, windows: Windows, connection: asyncpg.Connection
) -> None:
    """Each where it may stand, by the keyboard alone."""
    gateway = await stack.start_gateway()
    adam = await windows.open(gateway.port)
    await adam.join("adam")
    await connection.execute(STORE)
    field = adam.feed().field
    await field.press_sequentially("sport_n")
    for part in ("sport_name", "=", "'"):
        option = adam.page.get_by_role("option").first
        await expect(option).to_contain_text(part)
        await field.press("ArrowDown")
        await expect(option).to_have_attribute("aria-selected", "true")
        await field.press("Enter")
    await field.press_sequentially("an")
    await expect(adam.page.get_by_role("option").first).to_contain_text("and")


async def test_a_refused_filter_is_marked(stack: Stack, windows: Windows, connection: asyncpg.Connection) -> None:
    """While it is typed, and when it is applied: the place, the reason, and the room's filter as it was."""
    gateway = await stack.start_gateway()
    adam = await windows.open(gateway.port)
    await adam.join("adam")
    feed = adam.feed()
    await connection.execute(STORE)
    await feed.field.fill("match_title = 'a vs b'")
    await expect(feed.result).to_have_text("0 of the newest 70 rows match · capitals count in texts")
    await feed.field.fill("sport = 4 and sport_nme = 'x'")
    await expect(feed.result).to_contain_text("no column `sport_nme`")
    await expect(feed.panel.locator("mark")).to_have_text("sport_nme")
    await feed.button("Apply").click()
    await expect(feed.field).to_have_attribute("aria-invalid", "true")
    await expect(feed.state).to_have_text("everything passes ")


async def test_a_click_on_a_value_and_an_explanation(
    stack: Stack, windows: Windows, connection: asyncpg.Connection
) -> None:
    """A value becomes a comparison; why the room got a row is told."""
    adam, feed = await click_golf(stack, windows, connection)
    await expect(feed.field).to_have_value("sport_name = 'GOLF'")
    await feed.rows.first.get_by_role("button", name="A vs B").click()
    await expect(feed.field).to_have_value("sport_name = 'GOLF' and match_title = 'A vs B'")
    await feed.rows.first.get_by_role("button", name="why did we get").click()
    await expect(adam.page.get_by_role("dialog")).to_contain_text("The room got this row of sport_event")
    await expect(adam.page.get_by_role("dialog")).to_contain_text("delivered")
    await adam.page.keyboard.press("Escape")
    await expect(adam.page.get_by_role("dialog")).to_be_hidden()


async def test_the_table_stands_still_under_the_pointer(
    stack: Stack, windows: Windows, connection: asyncpg.Connection
) -> None:
    """Also when a click has moved the focus elsewhere: what would be clicked next stays where it is."""
    adam, feed = await click_golf(stack, windows, connection)
    await expect(feed.field).to_be_focused()
    shown = await feed.rows.all_inner_texts()
    await connection.execute(STORE)
    await expect(feed.panel).to_contain_text("140 passed")
    await expect(feed.panel).to_contain_text("the table stands still")
    assert await feed.rows.all_inner_texts() == shown
    await adam.page.mouse.move(0, 0)
    await expect(feed.panel).not_to_contain_text("the table stands still")
    await expect(feed.rows.first).not_to_have_text(shown[0])


async def test_an_added_feed_has_a_panel(stack: Stack, windows: Windows, connection: asyncpg.Connection) -> None:
    """It arrives by itself, with its columns, lets nothing pass at first, and goes when it is removed."""
    gateway = await stack.start_gateway()
    adam = await windows.open(gateway.port)
    await adam.join("adam")
    await add_weather(connection)
    feed = adam.feed("weather")
    await expect(feed.state).to_have_text("nothing passes ")
    await feed.apply("temperature > 20")
    await expect(feed.state).to_contain_text("temperature > 20")
    await store(connection, Ulm=21.5, Oslo=-3)
    await expect(feed.rows).to_have_count(1)
    await expect(feed.rows).to_contain_text("Ulm")
    await feed.panel.get_by_text("Recent filters").click()
    await expect(feed.panel.locator(".past li").first).to_have_text(SET_NOW)
    await feed.button("Undo").click()
    await expect(feed.state).to_have_text("nothing passes ")
    await connection.execute("select chat.remove_feed('weather', rows => 'keep')")
    await expect(feed.panel).to_have_count(0)
