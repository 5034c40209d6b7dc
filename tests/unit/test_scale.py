"""The model of bench/scale: what comes of constants that are simple enough to reckon it by hand."""

import pytest

from bench.scale.simulation import MOST_ROWS, Simulation
from bench.scale.sizing import FULL, MOST_SERVERS, Load, size
from bench.scale.work import DOES, UNITS, Constants, Rooms, cost, of_batch

ROOMS = Rooms(count=100, width=10, members=3, titles=1000)


def constants(**parts: dict[str, float]) -> Constants:
    """Nothing costs anything but what is given, by the parts' names with underscores."""
    given = {name.replace("_session", ": bridge"): costs for name, costs in parts.items()}
    return {part: dict.fromkeys(units, 0.0) | given.get(part, {}) for part, units in DOES.items()}


def test_work_is_counted_in_units() -> None:
    """A batch of 91 titles is met by the windows of a tenth of the rooms, and of a second server's as many."""
    work = of_batch(ROOMS, 91, 2)
    assert work.of(UNITS) == pytest.approx([0.0, 91, 1.0, 50, 4550, 5.0, 45.5, 136.5])
    assert cost({"rows": 2.0, "batches": 0.5}, work) == 182.5


def test_batches_grow_with_the_load() -> None:
    """A session that takes 10 ms for any batch gets what came meanwhile; never more than a thousand rows."""
    slow = constants(postgres_session={"batches": 0.01})
    calm = Simulation(slow, 0.0, ROOMS, 1, cores=8).run(50.0, 2.0)
    assert calm.batches == pytest.approx(100, abs=3)
    busy = Simulation(slow, 0.0, ROOMS, 1, cores=8).run(10_000.0, 2.0)
    assert busy.batches == pytest.approx(200, rel=0.15)
    overrun = Simulation(slow, 0.0, ROOMS, 1, cores=8).run(1_000_000.0, 0.1)
    assert overrun.batches == pytest.approx(100_000 / MOST_ROWS, abs=3)
    assert overrun.throughput == pytest.approx(100_000, rel=0.1)


def test_servers_share_the_cores() -> None:
    """Three servers with a core each are as fast as one; on one core they take three times as long."""
    busy = constants(postgres_session={"rows": 1e-4})
    alone = Simulation(busy, 0.0, ROOMS, 1, cores=1).run(100_000.0, 0.1)
    apart = Simulation(busy, 0.0, ROOMS, 3, cores=3).run(100_000.0, 0.1)
    together = Simulation(busy, 0.0, ROOMS, 3, cores=1).run(100_000.0, 0.1)
    assert apart.throughput == pytest.approx(alone.throughput, rel=0.05)
    assert together.throughput == pytest.approx(alone.throughput / 3, rel=0.05)
    assert together.spent["postgres: bridge"] == pytest.approx(3.0, rel=0.01)


def test_a_commit_holds_up_the_next_batch_and_no_core() -> None:
    """Of two servers each waits for its own disk."""
    slow = Simulation(constants(), 0.01, ROOMS, 2, cores=1).run(1_000_000.0, 0.01)
    assert slow.throughput == pytest.approx(10_000 / 0.1, rel=0.2)


def test_what_never_ends_is_said() -> None:
    """And not simulated for ever."""
    hopeless = constants(gateway={"touched": 10.0})
    with pytest.raises(ValueError, match="not through after 120 s"):
        Simulation(hopeless, 0.0, ROOMS, 1, cores=2).run(1000.0, 1.0)


def test_the_fewest_servers_that_are_not_too_busy() -> None:
    """A server's session may be busy for 0.7 of the time: 10 µs for each room that gets a row, 1,000 rows a second."""
    per_room = constants(postgres_session={"passed": 1e-5})
    found = size(per_room, Load(rooms=1000, members=1, rate=1000.0, share=0.5))
    assert found.servers == 8
    assert found.server_load == pytest.approx(5.0 / 8)
    assert found.server_load <= FULL < 5.0 / 7
    assert found.database_cores == pytest.approx(5.0)
    assert (found.gateways, found.gateways_for) == (1, "members")


def test_gateways_are_there_for_messages_or_members() -> None:
    """Whichever needs more of them."""
    costly = constants(gateway={"deliveries": 1e-6})
    found = size(costly, Load(rooms=10_000, members=10, rate=1000.0, share=0.1))
    assert (found.gateways, found.gateways_for) == (15, "messages")
    found = size(costly, Load(rooms=100_000, members=10, rate=10.0, share=0.01))
    assert (found.gateways, found.gateways_for) == (20, "members")


def test_what_cannot_be_dealt_is_said() -> None:
    """What each server does for every row cannot be dealt over more of them."""
    with pytest.raises(ValueError, match=f"{MOST_SERVERS:,} servers"):
        size(constants(postgres_session={"rows": 1e-3}), Load(1000, 1, 1000.0, 0.1))
    with pytest.raises(ValueError, match="hearing"):
        size(constants(bystander={"batches": 1.0}), Load(1000, 1, 1000.0, 0.1))
