"""Everything works in a database that somebody has given other settings than Postgres's own."""

import asyncpg
import psycopg2
import pytest
from nats.aio.client import Client

import db.apply
from harness.parts import Stack
from harness.people import People, User
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

INSERT = """
insert into feed.execution (symbol, market, price, quantity, execution_epoch, state_symbol, message)
values ($1, 'a', 99.99, 1, 1, 'PA', '')
"""
IN_PSQL = {
    "select value from chat.preview_filter('execution', %(clause)s) where item = 'matching'": "1 of the newest 1 rows",
    "select count(*) from chat.explain_delivery(0, 'execution', 1) where value like '%% is true'": 2,
    "select count(*) from room_filter.room_0_execution": 1,
    "select count(*) from chat.measure_filters()": 2,
}
ESCAPED = r"symbol like '50!%\' escape '!' and price::float = 99.99"


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
    await check_clauses_in_psql(connection, feed_stack.database_url, adam)
    await adam.set_filter("sport = 'TENNIS'")
    assert "'TENNIS'" in (await adam.status("REJECTED_BADFILTER")).reason
    await adam.comment("back\\slash 'quoted' ü")
    assert (await adam.comments())[0].comment == "back\\slash 'quoted' ü"
    eve = await people.join(gateway.port, "eve", resume_after=1)
    assert len(await eve.feed(2)) == 2
    assert (await eve.comments())[0].comment == "back\\slash 'quoted' ü"


async def check_clauses_in_psql(connection: asyncpg.Connection, url: str, adam: User) -> None:
    """psql's functions, a room's view and the warnings make the same of a clause, in a session that changes nothing."""
    await adam.set_filter("SAME", ESCAPED)
    assert not (await adam.status("FILTERAPPLIED")).HasField("reason")
    await connection.execute(INSERT, "50%\\")
    psql = psycopg2.connect(url)
    try:
        for query, expected in IN_PSQL.items():
            with psql.cursor() as cursor:
                cursor.execute(query, {"clause": ESCAPED})
                assert cursor.fetchall() == [(expected,)], query
    finally:
        psql.close()
    await adam.set_filter("SAME", "price = null")
    assert "it can never be true" in (await adam.status("FILTERAPPLIED")).reason
    await adam.set_filter("SAME", "ALL")
    await adam.status("FILTERAPPLIED")
