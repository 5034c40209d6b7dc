"""Which part runs where: asks each server, and looks up the processes of the `edgechat up` here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from edgechat.home import Holder, Home
from edgechat.look import kept, postgres
from edgechat.look.gateway import greets
from edgechat.look.kept import look_at_kept
from edgechat.look.line import Line
from edgechat.look.postgres import look_at_postgres
from edgechat.look.screen import public_url, public_urls, shown
from edgechat.look.speech import local_tls, scheme
from runtime.port import local_address
from runtime.report import read_all
from runtime.settings import Settings
from servers.nats import ask_servers


@dataclass(frozen=True, slots=True)
class OfSeveral:
    """What there is to tell of several servers: their URLs by their names, lines about map and servers, and the same
    for programs."""

    urls: Mapping[str, str]
    lines: Sequence[Line]
    told: Sequence[Mapping[str, Any]] = ()


def report(settings: Settings, home: Home, is_json: bool = False, servers: OfSeveral | None = None) -> tuple[str, bool]:
    """A table of all parts, or the same as JSON; and whether everything is up and well."""
    holder = home.holder()
    database = _databases((servers and servers.urls) or {"": settings.database_url})
    of_map = servers.lines if servers else ()
    lines = [*database, *of_map, _nats(settings), _gateway(settings), *_processes(home, holder)]
    is_well = all(line.is_well for line in lines)
    return (_as_json(lines, holder, is_well, servers) if is_json else _as_table(lines, holder, home)), is_well


def _databases(urls: Mapping[str, str]) -> list[Line]:
    return [
        line
        for name, url in urls.items()
        for line in (
            *look_at_postgres(url, f"{postgres.PART} {name}".strip()),
            *look_at_kept(url, f"{kept.PART} {name}".strip()),
        )
    ]


def _as_json(lines: list[Line], holder: Holder | None, is_well: bool, servers: OfSeveral | None) -> str:
    parts = [asdict(line) | {"is_well": line.is_well} for line in lines]
    told = {"is_well": is_well, "up_process": holder.pid if holder else None, "parts": parts}
    return json.dumps(told | ({"servers": list(servers.told)} if servers else {}), indent=2)


def _as_table(lines: list[Line], holder: Holder | None, home: Home) -> str:
    rows = [("part", "", "where", "state"), *(row for line in lines for row in line.rows())]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    table = [
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]]) for row in rows
    ]
    head = f"edgechat up runs here as process {holder.pid}" if holder else "no edgechat up runs here"
    return "\n".join([f"{head}; data and logs in {shown(home.path)}", *table])


def _nats(settings: Settings) -> Line:
    urls = settings.nats_servers()
    where = public_urls(urls)
    answers = ask_servers(urls)
    infos = [answer for answer in answers.values() if not isinstance(answer, str)]
    away = tuple(f"{public_url(url)}: {words}" for url, words in answers.items() if isinstance(words, str))
    if not infos:
        return Line("nats", False, where, "; ".join(away) if len(urls) > 1 else str(answers[urls[0]]))
    has_jetstream = all(info.get("jetstream") for info in infos)
    streams = "JetStream" if has_jetstream else "no JetStream: messages can be lost"
    size = f" ({len(urls)} servers)" if len(urls) > 1 else ""
    return Line("nats", True, where, f"nats-server {infos[0].get('version', '?')}, {streams}{size}", away)


def _gateway(settings: Settings) -> Line:
    host, port = local_address(settings.gateway_host), settings.gateway_port
    is_up = greets(host, port, tls=local_tls(settings.limits))
    return Line(
        "gateway",
        is_up,
        f"{scheme('ws', settings.limits)}://{host}:{port}",
        "takes connections" if is_up else "no answer",
    )


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
