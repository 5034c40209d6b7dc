"""How long the places of a dead gateway's members are kept while others of them come back."""

from datetime import timedelta

import pytest

from harness.rooms import Rooms

JOIN = """
select denial from chat.join_rooms(
  $1, array(select 'user' || n from unnest($2::integer[]) as n), array_fill(0, array[cardinality($2)]),
  array(select 'new' || n from unnest($2) as n), array(select 'token' || n from unnest($2) as n)
)
"""
TAKE_SEATS = """
select denial from chat.join_rooms(
  $1, array(select 'user' || n from generate_series(1, $2) as n), array_fill(0, array[$2]),
  array(select 'token' || n from generate_series(1, $2) as n)
)
"""
MISS = "update chat.gateway set missing_since = clock_timestamp() - interval '1 hour' where gateway_id = $1"
MISSED = """
select (select gateway_grace from chat.setting) - (clock_timestamp() - missing_since)
from chat.gateway where gateway_id = $1
"""
SWEEP = "select chat.sweep_gateways()"
OF_GATEWAY = "select count(*) from chat.member where gateway_id = $1"
USERS = 60


@pytest.mark.parametrize(("back", "are_kept"), [(20, True), (19, False)])
async def test_many_who_come_back_keep_the_places_of_others(rooms: Rooms, back: int, are_kept: bool) -> None:
    """Their gateway is long dead: of few who come back nobody else has anything, with many all have a moment more."""
    connection = rooms.connection
    await rooms.open(USERS)
    dead = await connection.fetchval("select chat.open_gateway()")
    assert [row["denial"] for row in await connection.fetch(TAKE_SEATS, dead, USERS)] == [None] * USERS
    await connection.execute("select pg_advisory_unlock(chat.lock_class('gateway'), $1)", dead)
    await connection.execute(MISS, dead)
    answers = await connection.fetch(JOIN, rooms.gateway_id, list(range(1, back + 1)))
    assert [row["denial"] for row in answers] == [None] * back
    left = await connection.fetchval(MISSED, dead)
    assert (timedelta(0) < left <= timedelta(seconds=2)) is are_kept
    await connection.execute(SWEEP)
    assert await connection.fetchval(OF_GATEWAY, dead) == (USERS - back if are_kept else 0)
    assert await connection.fetchval(OF_GATEWAY, rooms.gateway_id) == back


async def test_a_gateway_that_is_not_missed_stays_so(rooms: Rooms) -> None:
    """Members who go from a gateway that lives to another leave no trace in its row."""
    connection = rooms.connection
    await rooms.open(USERS)
    other = await connection.fetchval("select chat.open_gateway()")
    await connection.fetch(TAKE_SEATS, other, USERS)
    await connection.fetch(JOIN, rooms.gateway_id, list(range(1, USERS + 1)))
    assert await connection.fetchval(OF_GATEWAY, rooms.gateway_id) == USERS
    assert await connection.fetchval("select missing_since from chat.gateway where gateway_id = $1", other) is None
