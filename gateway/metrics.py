"""The gateway's metrics: made of the tally and of what there is at the moment, when Prometheus asks for them."""

from collections.abc import Iterator

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from gateway.figure_metrics import figure_metrics
from gateway.fleet import Fleet
from gateway.postgres import payloads
from gateway.server_metrics import server_metrics
from gateway.tally import TALLY
from runtime.families import Families, Values
from runtime.probes import Complaints

KINDS = {payloads.CONTENTS: "contents", payloads.LINES: "lines", payloads.MESSAGES: "messages"}
"""Of notifications; what is none of ours is `other`."""


class GatewayMetrics(Collector):
    """All of them."""

    def __init__(self, fleet: Fleet, complaints: Complaints) -> None:
        self._fleet = fleet
        self._complaints = complaints
        self._families = Families("gateway")

    def collect(self) -> Iterator[Metric]:
        """Each with its values now."""
        yield from self._families.of_every_part(self._complaints())
        yield from self._present()
        yield from self._delivered()
        yield from self._asked()
        yield from server_metrics(self._families, self._fleet)
        yield from figure_metrics(self._families, {each.name: each.figures for each in self._fleet.upkeeps})

    def _present(self) -> Iterator[Metric]:
        """What there is now."""
        make = self._families.gauge
        servers = tuple(self._fleet.servers)
        waiting = [outgoing.waiting for outgoing in TALLY.outgoing]
        yield make("connections", "Connections that are open.", len(TALLY.outgoing))
        yield make(
            "members", "Members of rooms who are connected here.", sum(len(server.members) for server in servers)
        )
        yield make(
            "rooms", "Rooms that somebody here is in, or was lately.", sum(len(server.hub.rooms) for server in servers)
        )
        groups = sum(len(server.hub.groups) for server in servers)
        yield make("groups", "Groups of rooms with equal filters that are known here.", groups)
        queued = sum(len(server.hub.queue) for server in servers)
        yield make("queued_notifications", "Notifications that wait to be looked at.", queued)
        yield make("unsent_bytes", "What waits for sockets to take it, of all clients.", sum(a for a, _ in waiting))
        yield make("held_bytes", "What waits for clients to read older messages first.", sum(b for _, b in waiting))

    def _delivered(self) -> Iterator[Metric]:
        """What came from Postgres and what went to clients."""
        make = self._families
        yield make.histogram(
            "commit_to_socket_seconds",
            "From the receipt of a notification, which Postgres sends with the commit, to the members' sockets.",
            TALLY.commit_to_socket,
        )
        yield make.histogram(
            "notify_round_trip_seconds",
            "A notification of the gateway to itself, through Postgres, commit included.",
            TALLY.notify_round_trip,
        )
        counts = {(kind,): float(TALLY.notifications[letter]) for letter, kind in KINDS.items()}
        counts["other",] = float(TALLY.notifications.total()) - sum(counts.values())
        yield make.counters("notifications", "What came from Postgres, by kind.", ("kind",), counts)
        yield make.counters("rows", "Rows of feeds that came from Postgres.", ("feed",), _labelled(TALLY.rows))
        yield make.counter("deliveries", "Messages of rooms, times those that each was written to.", TALLY.deliveries)
        yield make.counter("sent_bytes", "What was written to clients, frames included.", TALLY.bytes_written())
        yield make.counter("reconnects", "Connections to listen to Postgres that replaced a lost one.", TALLY.relistens)

    def _asked(self) -> Iterator[Metric]:
        """What clients did, and what became of it."""
        make = self._families
        yield make.counter("connections_opened", "Connections that were taken.", TALLY.connections)
        refused = _labelled(TALLY.handshakes_refused)
        yield make.counters("handshakes_refused", "Connections not let in, by HTTP status.", ("status",), refused)
        yield make.counters("closes", "Connections that ended, by close code.", ("code",), _labelled(TALLY.closes))
        yield make.counter("slow_clients_cut", "Clients that were cut off for not reading.", TALLY.slow_clients_cut)
        joins = {("joined",): float(TALLY.joins), ("resumed",): float(TALLY.resumes)}
        yield make.counters("joins", "Places in rooms that were taken, and taken back.", ("kind",), joins)
        yield make.counter("comments", "Comments that were posted.", TALLY.comments)
        yield make.counter("filters_set", "FILTER messages that were applied.", TALLY.filters_set)
        yield make.counters(
            "refusals",
            "What clients asked in vain, by the answer's userstatus, or the type of the question.",
            ("kind",),
            _labelled(TALLY.refusals),
        )
        yield make.counter("faults", "Bugs, and what Postgres refuses though it should not.", TALLY.faults)


def _labelled(counts: dict[str, int]) -> Values:
    return {(label,): float(count) for label, count in counts.items()}
