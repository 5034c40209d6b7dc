"""Two people in two windows: they join, talk, and see each other come and go."""

import asyncpg
from playwright.async_api import expect

from harness.browser import Windows
from harness.parts import Stack

STORE_TITLE = "insert into feed.sport_event (sport, match_title, data_event) values (1, $1, 'x')"
STORE_EVENTS = """
insert into feed.sport_event (sport, match_title, data_event)
select 1 + n % 7, 'A vs B', 'row ' || n from generate_series($1::int, $2::int) as n
"""


async def test_two_people_talk(stack: Stack, windows: Windows) -> None:
    """A name that is taken is refused in words, and another one may be tried at once."""
    gateway = await stack.start_gateway()
    adam, eve = await windows.open(gateway.port), await windows.open(gateway.port)
    await adam.join("adam", 3)
    await eve.open(3)
    await expect(eve.page.locator(".choice", has_text="Room 3")).to_contain_text("adam")
    await eve.ask_to_join("adam")
    await expect(eve.page.locator("#join-problem")).to_contain_text("Somebody is here by that name")
    await eve.ask_to_join("eve")
    await expect(eve.page.locator("#here")).to_contain_text("eve")
    await expect(adam.page.locator("#here")).to_contain_text("eve")
    await adam.say("hello eve")
    await expect(eve.line("hello eve")).to_contain_text("adam")
    await eve.say("hello adam")
    await expect(adam.line("hello adam")).to_have_count(1)
    await eve.page.get_by_role("button", name="Leave").click()
    await expect(eve.page.get_by_role("button", name="Join")).to_be_visible()
    await expect(adam.line("eve left")).to_have_count(1)


async def test_a_room_is_chosen_though_the_list_is_read_anew(stack: Stack, windows: Windows) -> None:
    """What is pressed stays where it is until it is let go; then news of the rooms are shown."""
    gateway = await stack.start_gateway()
    adam, eve = await windows.open(gateway.port), await windows.open(gateway.port)
    await eve.open(3)
    await eve.page.locator(".choice", has_text="Room 2").hover()
    await eve.page.mouse.down()
    await adam.join("adam", 1)
    # When the lobby looks again, it has shown what it saw the last time.
    for _ in range(2):
        async with eve.page.expect_websocket():
            pass
    await eve.page.mouse.up()
    await expect(eve.page.locator("#room-2")).to_be_checked()
    await expect(eve.page.locator(".choice", has_text="Room 1")).to_contain_text("adam")
    await expect(eve.page.locator("#room-2")).to_be_checked()


async def test_texts_stay_texts(stack: Stack, windows: Windows, connection: asyncpg.Connection) -> None:
    """Markup in a name, a comment, a filter and a row is shown, and controls of direction are shown by their number."""
    gateway = await stack.start_gateway()
    markup = "<img src=x onerror=alert(1)>"
    adam = await windows.open(gateway.port)
    await adam.join(f"<b>{markup}", 1)
    await adam.say(f"{markup} \u202eabc")
    await expect(adam.line(f"{markup} U+202Eabc")).to_have_count(1)
    await expect(adam.page.locator("#here")).to_contain_text(markup)
    await adam.feed().apply(f"match_title <> '{markup}\u202e'")
    await expect(adam.line(f"'{markup}U+202E'")).to_have_count(1)
    await connection.execute(
        "insert into feed.sport_event (sport, match_title, data_event) values (1, $1, 'x')", markup
    )
    await expect(adam.feed().rows.first).not_to_contain_text("A vs B")
    assert await adam.page.locator("img, #lines b b").count() == 0


async def test_the_past_comes_as_one_scrolls(stack: Stack, windows: Windows, connection: asyncpg.Connection) -> None:
    """Through 5,000 messages to the first, in a window of few lines; and back to now."""
    gateway = await stack.start_gateway()
    adam = await windows.open(gateway.port)
    await adam.join("adam", 2)
    await adam.say("the first words")
    await expect(adam.line("the first words")).to_have_count(1)
    for start in range(0, 5000, 500):
        await connection.execute(STORE_EVENTS, start, start + 499)
    await adam.say("the last words")
    await expect(adam.line("the last words")).to_have_count(1)
    await adam.page.get_by_label("feed rows too").check()
    await expect(adam.line("the first words")).to_have_count(0)
    log = adam.page.locator("#log")
    for _ in range(200):
        await log.evaluate("log => log.scrollTop = 0")
        if await adam.line("the first words").count():
            break
        await adam.page.wait_for_timeout(150)
    await expect(adam.line("the first words")).to_have_count(1)
    assert await adam.page.locator("#lines .line").count() <= 600
    await adam.page.get_by_label("Go to #").fill("2500")
    await adam.page.get_by_label("Go to #").press("Enter")
    await expect(adam.page.locator(".sought")).to_contain_text("#2500")
    await adam.page.get_by_role("button", name="Back to now").click()
    await expect(adam.line("the last words")).to_be_in_viewport()


async def test_who_comes_later_sees_what_was_said(
    stack: Stack, windows: Windows, connection: asyncpg.Connection
) -> None:
    """Though thousands of rows came since, and so it is on the way back to now."""
    gateway = await stack.start_gateway()
    adam = await windows.open(gateway.port)
    await adam.join("adam")
    await adam.say("hello")
    await expect(adam.line("hello")).to_have_count(1)
    await connection.execute(STORE_EVENTS, 1, 3000)
    eve = await windows.open(gateway.port)
    await eve.join("eve")
    await expect(eve.line("hello")).to_be_in_viewport()
    await expect(eve.page.locator("#log-start")).to_have_text("this is where the room begins")
    await expect(eve.page.get_by_role("button", name="Older messages")).to_be_hidden()
    await eve.page.get_by_label("Go to #").fill("2000")
    await eve.page.get_by_label("Go to #").press("Enter")
    await eve.page.get_by_role("button", name="Back to now").click()
    await expect(eve.line("hello")).to_be_in_viewport()


async def test_a_gateway_that_dies_is_come_back_from(
    stack: Stack, windows: Windows, connection: asyncpg.Connection
) -> None:
    """Nothing that the room got is missing or comes twice."""
    gateway = await stack.start_gateway()
    adam = await windows.open(gateway.port)
    await adam.join("adam")
    await connection.execute(STORE_EVENTS, 1, 5)
    await expect(adam.feed().total).to_have_text("5")
    gateway.part.kill()
    await expect(adam.page.locator("#link")).to_contain_text("connection lost")
    await connection.execute(STORE_EVENTS, 6, 9)
    again = await stack.start_gateway(CONTAINER_PORT=str(gateway.port))
    await expect(adam.page.locator("#link")).to_have_text("live")
    await connection.execute(STORE_EVENTS, 10, 12)
    await expect(adam.feed().total).to_have_text("12")
    await adam.say("back")
    await expect(adam.line("back")).to_have_count(1)
    again.part.require_alive()


async def test_a_removed_comment_disappears(stack: Stack, windows: Windows, connection: asyncpg.Connection) -> None:
    """From the screens of those who are there and of those who come later; what moderators did is said in words."""
    gateway = await stack.start_gateway()
    adam, eve = await windows.open(gateway.port), await windows.open(gateway.port)
    await adam.join("adam", 3)
    await eve.join("eve", 3)
    await adam.say("the secret word")
    await expect(eve.line("the secret word")).to_have_count(1)
    await connection.execute("select chat.remove_comment(3, chat.newest_seq(3), 'private')")
    await expect(eve.line("a moderator removed this comment: private")).to_contain_text("adam")
    await expect(eve.line("the secret word")).to_have_count(0)
    await expect(adam.line("A comment of adam was removed: private")).to_have_count(1)
    cain = await windows.open(gateway.port)
    await cain.join("cain", 3)
    await expect(cain.line("a moderator removed this comment: private")).to_have_count(1)
    await expect(cain.line("the secret word")).to_have_count(0)
    await connection.execute("select chat.set_slow_mode(3, '2 minutes')")
    await expect(eve.line("Slow mode: one comment per 2 minutes and person")).to_have_count(1)
    await connection.execute("select chat.ban_member('eve', 3, '1 day', 'spam')")
    await expect(adam.line("eve is banned for 1 day: spam")).to_have_count(1)
    await expect(eve.page.get_by_text("banned until")).to_be_visible()
