"""What the environment decides about watching a process: where its metrics are served, and how it logs."""

from collections.abc import Mapping
from dataclasses import dataclass

from runtime.setting_values import choice, whole

MONITOR_DEFAULTS = {
    "METRICS_HOST": "127.0.0.1",
    "GATEWAY_METRICS_PORT": "4300",
    "BRIDGE_METRICS_PORT": "4290",
    "LOG_FORMAT": "text",
}
"""What counts for a variable that is absent or empty. For this machine only: metrics tell how a service is used."""
LOG_FORMATS = ("text", "json")
LAST_GATEWAY_PORT = 65535 - 63
"""So that each of 64 workers (MAX_WORKERS) has one."""


@dataclass(frozen=True, slots=True)
class MonitorSettings:
    """Where each part serves /metrics, /healthz and /readyz, a port of 0 nowhere; and the form of its log's lines.

    Workers of a gateway have a port each, from `gateway_port` on: each is a gateway with numbers of its own. So have
    bridges that run beside each other, each for another server, from `bridge_port` on.
    """

    host: str
    gateway_port: int
    bridge_port: int
    log_format: str

    def worker_port(self, number: int) -> int:
        """The port of the gateway worker with this number, 1 for the first."""
        return self.gateway_port and self.gateway_port + number - 1

    def bridge_port_of(self, number: int) -> int:
        """The port of the bridge with this number, 1 for the first."""
        return self.bridge_port and self.bridge_port + number - 1


def load_monitor(values: Mapping[str, str]) -> MonitorSettings:
    """Read them; raises SettingError at the first one that is wrong."""
    return MonitorSettings(
        host=values["METRICS_HOST"],
        gateway_port=whole(values, "GATEWAY_METRICS_PORT", 0, LAST_GATEWAY_PORT),
        bridge_port=whole(values, "BRIDGE_METRICS_PORT", 0, 65535),
        log_format=choice(values, "LOG_FORMAT", LOG_FORMATS),
    )
