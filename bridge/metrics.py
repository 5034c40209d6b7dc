"""The bridge's metrics: made of the tally and of what there is at the moment, when Prometheus asks for them."""

from collections.abc import Iterator

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from bridge.readiness import complaints
from bridge.tally import TALLY
from runtime.families import Families
from runtime.trouble import STANDING_BY, TROUBLES


class BridgeMetrics(Collector):
    """All of them."""

    def __init__(self) -> None:
        self._families = Families("bridge")

    def collect(self) -> Iterator[Metric]:
        """Each with its values now."""
        yield from self._families.of_every_part(complaints())
        yield from self._present()
        yield from self._stored()

    def _present(self) -> Iterator[Metric]:
        """What there is now."""
        make = self._families
        intake = TALLY.intake
        yield make.gauge("standing_by", "1 while another bridge has the lock.", TROUBLES.doing.startswith(STANDING_BY))
        yield make.gauge("intake_messages", "Messages that wait for Postgres.", intake.messages if intake else 0)
        yield make.gauge("intake_bytes", "What they have together.", intake.bytes if intake else 0)
        for name, text, value in (
            ("connected", "1 while messages come from NATS and can be stored.", intake is not None),
            ("stream_position", "Up to which sequence of the stream all is stored.", TALLY.position),
            ("stream_lag_messages", "Sequences of the stream that are yet to be stored.", TALLY.lag()),
        ):
            # Of several servers each has a bridge of its own, which may be the only one that is behind.
            named = ((), {(): value}) if TALLY.server is None else (("server",), {(TALLY.server,): value})
            yield make.gauges(name, text, *named)
        reconnects = {
            ("nats",): max(0, TALLY.nats_connections - 1),
            ("postgres",): max(0, TALLY.postgres_connections - 1),
        }
        yield make.counters("reconnects", "Connections that replaced another, by server.", ("server",), reconnects)

    def _stored(self) -> Iterator[Metric]:
        """What was stored."""
        make = self._families
        yield make.histogram(
            "publish_to_commit_seconds",
            "From when the stream got a message to the commit of its row.",
            TALLY.publish_to_commit,
        )
        yield make.histogram(
            "store_seconds", "The statement of a batch: routers and commit included.", TALLY.store_seconds
        )
        yield make.histogram("batch_rows", "Rows of a batch.", TALLY.batch_rows)
        yield make.counter("batches", "Batches that were stored.", TALLY.batches)
        rows = {(name,): count for name, count in TALLY.rows.items()}
        yield make.counters("rows", "Rows that were stored.", ("feed",), rows)
        yield make.counter("message_bytes", "Messages that were stored, as they were published.", TALLY.message_bytes)
        yield make.counter("rejects", "Messages that could not be stored, in feed_reject.", TALLY.rejects)
        yield make.counter("lost_messages", "Messages that were gone before they could be taken.", TALLY.lost)
