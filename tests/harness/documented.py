"""The rooms and rows that the examples of docs/psql.md show."""

from harness.rooms import Rooms, make_event
from proto.execution_pb2 import execution

MARKETS = (
    ("DAYTONA:winner--Kyle Busch", "NASCAR", "FL"),
    ("PRESIDENT:winner--Joe Biden", "POLITICS", "PA"),
    ("OLYMPIC 100m:winner--Usain Bolt", "TRACK&FIELD", "NY"),
    ("MASTERS:winner--Tiger Woods", "GOLF", "GA"),
)
OVERFLOWING_EPOCH = 10**16


async def seed(rooms: Rooms) -> None:
    """Five rooms, three users, filters set, refused and suspended, and some rows of both feeds."""
    await rooms.open(4, 4, 4, 4, 4)
    for name, room in (("adam", 3), ("bobby", 3), ("carol", 2)):
        await rooms.join(name, room)
    await rooms.store_executions([_execution(number) for number in range(1, 201)])
    await rooms.set_filters("adam", "ALL", "price > 50 and stateSymbol = 'PA'")
    await rooms.set_filters("carol", "sport = 4", "executionEpoch * 1000 > 0")
    await rooms.comment("adam", "only the dear ones now")
    await rooms.store_executions([_execution(number) for number in range(201, 401)])
    await rooms.store_executions([_execution(401, OVERFLOWING_EPOCH)])
    await rooms.store_events([make_event(sport=4), make_event(sport=2)])


def _execution(number: int, epoch: int = 1_600_000_000) -> execution:
    symbol, market, state = MARKETS[number % len(MARKETS)]
    return execution(
        symbol=symbol,
        market=market,
        price=float(number % 100),
        quantity=10.0 * (number % 7 + 1),
        executionEpoch=epoch + number,
        stateSymbol=state,
    )
