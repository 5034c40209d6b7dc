"""Which part runs where: asks each server, and looks up the processes of the `edgechat up` here."""

from urllib.parse import urlsplit

from edgechat.home import Holder, Home
from edgechat.look.gateway import greets
from edgechat.look.line import Line, first_line
from edgechat.look.postgres import look_at_postgres
from edgechat.look.screen import public_url, shown
from runtime.port import local_address
from runtime.report import read_all
from runtime.settings import DEFAULT_NATS_PORT, Settings
from servers.nats import server_info


def report(settings: Settings, home: Home) -> tuple[str, bool]:
    """A table of all parts, and whether everything is up and well."""
    holder = home.holder()
    lines = [*look_at_postgres(settings.database_url), _nats(settings), _gateway(settings), *_processes(home, holder)]
    rows = [("part", "", "where", "state"), *(row for line in lines for row in line.rows())]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    table = [
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]]) for row in rows
    ]
    head = f"edgechat up runs here as process {holder.pid}" if holder else "no edgechat up runs here"
    return "\n".join([f"{head}; data and logs in {shown(home.path)}", *table]), all(line.is_well for line in lines)


def _nats(settings: Settings) -> Line:
    where = public_url(settings.nats_url)
    address = urlsplit(settings.nats_url.split(",")[0])
    try:
        info = server_info(address.hostname or "127.0.0.1", address.port or DEFAULT_NATS_PORT)
    except (OSError, ValueError) as error:
        return Line("nats", False, where, first_line(error))
    streams = "JetStream" if info.get("jetstream") else "no JetStream: messages can be lost"
    return Line("nats", True, where, f"nats-server {info.get('version', '?')}, {streams}")


def _gateway(settings: Settings) -> Line:
    host, port = local_address(settings.gateway_host), settings.gateway_port
    is_up = greets(host, port)
    return Line("gateway", is_up, f"ws://{host}:{port}", "takes connections" if is_up else "no answer")


def _processes(home: Home, holder: Holder | None) -> list[Line]:
    """What the parts here say of themselves, and those that should be here and are not."""
    reports = read_all(home.reports)
    lines = [
        Line(report.part, True, f"process {report.pid}", report.doing, tuple(report.complaints())) for report in reports
    ]
    # A gateway is asked at its port in any case.
    wanted = {name for name in (holder.parts if holder else ("bridge",)) if name != "gateway"}
    missing = sorted(wanted - {report.part for report in reports})
    return lines + [
        Line(name, False, "", f"not started here; its last words, if any: {shown(home.log(name))}".rstrip("/"))
        for name in missing
    ]
