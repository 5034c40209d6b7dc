"""Ten feeds of all types come under load and go again: the others lose nothing, and each has what was published."""

import asyncio
import json

from harness.chain import Chain
from harness.waiting import until

FEEDS = 10
MESSAGES = 300
COLUMNS = "{n:bigint,name:text,share:float,small:integer,wet:boolean,at:timestamp,tags:text[],payload:jsonb}"
ADD = "select chat.add_feed($1, subject => $2, format => $3, columns => $4)"


def message(number: int) -> bytes:
    """A message that has every column, or, each third, lacks most."""
    whole = {
        "n": number,
        "name": f"name {number}",
        "share": number / 8,
        "small": -number,
        "wet": number % 2 == 0,
        "at": "2026-11-01T12:00:00+01:00",
        "tags": ["a", str(number)],
        "payload": {"deep": [number, None]},
    }
    return json.dumps(whole if number % 3 else {"n": number}).encode()


async def test_ten_feeds_of_all_types_come_and_go(chain: Chain) -> None:
    """Every second one is text; half of them are dropped with their rows, the others keep them."""
    bridge = await chain.start_bridge()
    publishing = asyncio.create_task(chain.publish_paced(1, 8_000))
    await chain.until_at(300)
    forms = {f"feed_{number}": "text" if number % 2 else "json" for number in range(FEEDS)}
    for name, form in forms.items():
        columns = [] if form == "text" else COLUMNS.strip("{}").split(",")
        await chain.fetch(ADD, name, f"many.{name}", form, columns)

    async def are_captured() -> bool:
        config = (await chain.ask("STREAM.INFO.CHATFEED"))["config"]
        return {f"many.{name}" for name in forms} <= set(config["subjects"])

    await until(are_captured, "the stream to have all subjects")
    for name in forms:
        await chain.publish(*(message(number) for number in range(MESSAGES)), subject=f"many.{name}")
    assert not publishing.done()

    async def are_stored() -> bool:
        counts = [(await chain.fetch(f"select count(*) from feed.{name}"))[0][0] for name in forms]
        return counts == [MESSAGES] * FEEDS

    await until(are_stored, "all messages of the ten feeds")
    [row] = await chain.fetch("select * from feed.feed_0 where n = 7")
    assert (row["name"], row["share"], row["small"], row["wet"], row["tags"]) == (
        "name 7",
        7 / 8,
        -7,
        False,
        ["a", "7"],
    )
    assert (row["at"].isoformat(), json.loads(row["payload"])) == ("2026-11-01T11:00:00+00:00", {"deep": [7, None]})
    [row] = await chain.fetch("select * from feed.feed_0 where n = 6")
    assert [row[name] for name in ("name", "share", "small", "wet", "at", "tags", "payload")] == [None] * 7
    for number, name in enumerate(forms):
        await chain.fetch(f"select chat.remove_feed('{name}', rows => '{'keep' if number < 5 else 'drop'}')")
    await publishing
    await chain.until_taken()
    assert await chain.stored() == (8_000, 8_000)
    assert await chain.rejects() == []
    bridge.require_alive()
