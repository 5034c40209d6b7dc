"""Does the part in this container do its work? For health checks, as in docker-compose.yml.

any part            says itself that nothing has ailed it for longer than TROUBLE_SECONDS (runtime/report.py); what is
                    amiss while it does the rest of its work, as a feed that is left out, is told and no failure
gateway, bridge     answer /readyz with 200: gateway/readiness.py and bridge/readiness.py say what that takes
sports, executions  are connected to NATS; a feed with rate 0 never is, and need not be

The checks ask the part or look for its own connections: that a server answers the check itself says nothing about the
part, and a WebSocket opened by a check would be in chat_event for ever. A container has one part, so its connections
are the part's. Linux only.
"""

import http.client
import re
import ssl
import time
from collections.abc import Iterable
from pathlib import Path

from edgechat.home import Home
from edgechat.look.screen import public_url
from edgechat.look.speech import local_tls
from runtime.errors import StackError
from runtime.port import local_address
from runtime.probes import READY
from runtime.report import Report, read_all
from runtime.settings import Settings
from runtime.trouble import Trouble
from servers.nats import ask_servers, server_address

TIMEOUT = 3
"""Seconds for each question."""
TROUBLE_SECONDS = 5.0
"""What is over sooner is no reason to call a part unhealthy."""
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
ESTABLISHED = "01"
MOST_BYTES = 1000
"""Of the words of a part that is not ready."""


class UnhealthyError(StackError):
    """The part does not do its work; the message says what is missing."""


def check(part: str, settings: Settings, home: Home) -> str:
    """Return if the part in this container does its work; raises UnhealthyError.

    Returns what somebody should know all the same: a server of the NATS cluster that is away, a feed that is left out.
    """
    away = "" if part == "gateway" else "; ".join(_servers_away(settings))
    partial = [f"{trouble.what}: {trouble.reason}" for trouble in _troubles(part, home) if trouble.is_partial]
    words = "; ".join(filter(None, (f"a server of NATS is away: {away}" if away else "", *partial)))
    try:
        _check(part, settings, home)
    except UnhealthyError as error:
        raise UnhealthyError("; ".join(filter(None, (str(error), words)))) from None
    return words


def _check(part: str, settings: Settings, home: Home) -> None:
    _require_no_complaint(part, home)
    match part:
        case "gateway" | "bridge":
            for host, port in _ready_ports(part, settings, home):
                is_chat = part == "gateway" and port == settings.gateway_port
                _require_ready(part, host, port, local_tls(settings.limits) if is_chat else None)
        case feed:
            if settings.rates[feed]:
                _require_nats(settings)


def _reports(part: str, home: Home) -> list[Report]:
    """Of all parts of this kind: bridges of several servers have numbers behind their name."""
    kind = re.compile(rf"(feed-)?{re.escape(part)}(-\d+)?")
    return [report for report in read_all(home.reports) if kind.fullmatch(report.part)]


def _troubles(part: str, home: Home) -> list[Trouble]:
    return [trouble for report in _reports(part, home) for trouble in report.troubles]


def _require_no_complaint(part: str, home: Home) -> None:
    """What the part says of itself comes first: it names the remedy, too."""
    now = time.time()
    for report in _reports(part, home):
        lasting = [
            trouble for trouble in report.troubles if now - trouble.since > TROUBLE_SECONDS and not trouble.is_partial
        ]
        if report.is_silent or lasting:
            raise UnhealthyError(f"the {part}: {'; '.join(report.complaints())}")


def _ready_ports(part: str, settings: Settings, home: Home) -> list[tuple[str, int]]:
    """Where the part says whether it is ready: each worker of a gateway, and each bridge, at a port of its own."""
    monitor, host = settings.monitor, local_address(settings.monitor.host)
    if part == "bridge":
        numbers = sorted({int(report.part.partition("-")[2] or 1) for report in _reports(part, home)}) or [1]
        return [(host, monitor.bridge_port_of(number)) for number in numbers if monitor.bridge_port]
    if not monitor.gateway_port:
        return [(local_address(settings.gateway_host), settings.gateway_port)]
    return [(host, monitor.worker_port(number)) for number in range(1, settings.gateway_workers + 1)]


def _require_ready(part: str, host: str, port: int, tls: ssl.SSLContext | None) -> None:
    if tls is None:
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    else:
        connection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=tls)
    try:
        connection.request("GET", READY)
        answer = connection.getresponse()
        words = answer.read(MOST_BYTES).decode(errors="replace").strip()
    except (OSError, http.client.HTTPException) as error:
        raise UnhealthyError(f"the {part} does not answer on port {port}: {error!r}") from None
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise UnhealthyError(f"the {part} is {words}")


def _require_nats(settings: Settings) -> None:
    addresses = [server_address(url) for url in settings.nats_servers()]
    ports = {port for _, port in addresses}
    if not ports & set(remote_ports(line for table in TABLES if table.exists() for line in table.open())):
        raise UnhealthyError(f"not connected to NATS at {', '.join(host for host, _ in addresses)}")


def _servers_away(settings: Settings) -> list[str]:
    """The servers of a cluster that do not answer, each with why. A part needs one of them only, so it is well."""
    urls = settings.nats_servers()
    if len(urls) < 2:
        return []
    return [f"{public_url(url)}: {words}" for url, words in ask_servers(urls).items() if isinstance(words, str)]


def remote_ports(lines: Iterable[str]) -> Iterable[int]:
    """The remote ports of the established connections in lines of /proc/net/tcp."""
    for line in lines:
        fields = line.split()
        if len(fields) > 3 and fields[3] == ESTABLISHED:
            yield int(fields[2].rpartition(":")[2], 16)
