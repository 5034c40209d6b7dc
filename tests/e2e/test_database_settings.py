"""Everything works in a database that somebody has given other settings than Postgres's own."""

import asyncpg
import pytest
from nats.aio.client import Client

import db.apply
from harness.parts import Stack
from harness.people import People
from harness.rooms import make_event

SETTINGS = (
    "standard_conforming_strings = off",
    "quote_all_identifiers = on",
    "transform_null_equals = on",
    "default_transaction_isolation = serializable",
    "array_nulls = off",
    "bytea_output = escape",
    "datestyle = german",
    "intervalstyle = sql_standard",
    "extra_float_digits = -15",
    "client_encoding = latin1",
)
SET = """
do $$
begin
  execute format('alter database %I set {setting}', current_database());
end
$$
"""


@pytest.mark.parametrize("setting", SETTINGS)
async def test_a_database_with_another_setting(
    feed_stack: Stack, people: People, nats_client: Client, connection: asyncpg.Connection, setting: str
) -> None:
    """Migrating, joins, comments, filters of both verdicts, feeds, resumes."""
    await connection.execute(SET.format(setting=setting))
    assert feed_stack.database_url
    db.apply.migrate(feed_stack.database_url)
    gateway = await feed_stack.start_gateway()
    await feed_stack.start_bridge()
    adam = await people.join(gateway.port, "adam")
    await adam.set_filter("match_title like 'ü%' and data_event <> '1' and sport + 1 = 2")
    await adam.status("FILTERAPPLIED")
    for number in range(3):
        await nats_client.publish("sport_event", make_event(1, "über", f"{number}").SerializeToString())
    assert [message.eventmsg.data_event for message in await adam.feed(2)] == ["0", "2"]
    await adam.set_filter("sport = 'TENNIS'")
    assert "'TENNIS'" in (await adam.status("REJECTED_BADFILTER")).reason
    await adam.comment("back\\slash 'quoted' ü")
    assert (await adam.comments())[0].comment == "back\\slash 'quoted' ü"
    eve = await people.join(gateway.port, "eve", resume_after=1)
    assert len(await eve.feed(2)) == 2
    assert (await eve.comments())[0].comment == "back\\slash 'quoted' ü"
