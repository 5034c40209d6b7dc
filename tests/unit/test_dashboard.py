"""ops/grafana: every panel asks for what there is, and the files fit together."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.metric_table import of_the_database
from harness.promql import RATE_INTERVAL, complaints, read, result_labels

ROOT = Path(__file__).parents[2]
OPS = ROOT / "ops"
DASHBOARD: dict[str, Any] = json.loads((OPS / "grafana" / "dashboard.json").read_text())
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
WIDTH = 24
UNITS = {"none", "short", "s", "bytes", "Bps", "percentunit"}
"""Those of Grafana's that are used: `short` has thousands as K, `percentunit` 1 as 100 %."""
SOURCE = {"type": "prometheus", "uid": "${datasource}"}

panels = pytest.mark.parametrize(
    "panel", [panel for panel in PANELS if panel["type"] != "row"], ids=lambda panel: panel["title"]
)


@panels
def test_it_asks_for_what_there_is(panel: dict[str, Any]) -> None:
    """Valid PromQL, metrics that are told, labels that they have; the legend too."""
    assert panel["targets"]
    for target in panel["targets"]:
        assert complaints(target["expr"]) == []
        legend = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
        assert legend <= result_labels(target["expr"])
        assert result_labels(target["expr"]) <= legend, "series that look the same"


@panels
def test_it_adds_up_what_gateways_have_and_not_what_all_tell(panel: dict[str, Any]) -> None:
    """What Postgres tells is the same from every gateway."""
    for target in panel["targets"]:
        for metric, around in read(target["expr"]).metrics:
            assert metric not in of_the_database() or around[-1:] == ("max",), target["expr"]


@panels
def test_windows_follow_the_scrapes(panel: dict[str, Any]) -> None:
    """Grafana makes them long enough for two scrapes, and as long as a step of the picture."""
    for target in panel["targets"]:
        assert set(re.findall(r"\[(.*?)\]", target["expr"])) <= {RATE_INTERVAL}


@panels
def test_it_says_what_it_shows(panel: dict[str, Any]) -> None:
    """With a unit, and whichever Prometheus is chosen above."""
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
    assert [panel["datasource"], *(target["datasource"] for target in panel["targets"])] == [SOURCE] * (
        1 + len(panel["targets"])
    )
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


def test_panels_lie_side_by_side() -> None:
    """None over another, none beyond the edge, none with another's number."""
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in PANELS)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < WIDTH
    assert len({panel["id"] for panel in PANELS}) == len(PANELS) > 20
    assert len({panel["title"] for panel in PANELS}) == len(PANELS)


def test_grafana_finds_prometheus_and_the_dashboard() -> None:
    """The provisioned source is the variable's, its interval that of the scrapes; the file is where Grafana looks."""
    (source,) = yaml.safe_load((OPS / "grafana" / "datasource.yml").read_text())["datasources"]
    (provider,) = yaml.safe_load((OPS / "grafana" / "provider.yml").read_text())["providers"]
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    (variable,) = DASHBOARD["templating"]["list"]
    assert (variable["type"], variable["query"]) == ("datasource", source["type"])
    assert variable["current"]["value"] == source["uid"]
    scrapes = yaml.safe_load((OPS / "prometheus.yml").read_text())["global"]
    assert source["jsonData"]["timeInterval"] == scrapes["scrape_interval"]
    assert source["url"] == "http://prometheus:9090"
    mounted = dict(volume.split(":")[:2] for volume in services["grafana"]["volumes"])
    assert mounted["./ops/grafana/dashboard.json"] == f"{provider['options']['path']}/dashboard.json"
    home = services["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == mounted["./ops/grafana/dashboard.json"]
    for service in ("grafana", "prometheus"):
        assert services[service]["profiles"] == ["ops"]
        files = [volume.split(":")[0] for volume in services[service]["volumes"] if volume.startswith("./")]
        assert files
        assert all((ROOT / file).is_file() for file in files)
