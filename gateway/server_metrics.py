"""The metrics of which server has what, where there are several: what the map says, and who is there."""

from collections.abc import Iterator

from prometheus_client.core import Metric

from gateway.fleet import Fleet
from runtime.families import Families


def server_metrics(families: Families, fleet: Fleet) -> Iterator[Metric]:
    """None with one server: no map says anything, and whether it is there `ready` tells."""
    deal = fleet.servers.deal
    if deal is None:
        return
    yield families.gauge("map_version", "Of the map of servers that is gone by.", deal.version)
    slots = {(name,): float(len(deal.slots_of(name))) for name in deal.urls}
    yield families.gauges("server_slots", "Slots that the server has in the map, of 1,024.", ("server",), slots)
    up = {(each.name,): float(each.name not in fleet.away) for each in fleet.upkeeps}
    text = "1 if its rooms can be used at this gateway, else 0."
    yield families.gauges("server_up", text, ("server",), up)
