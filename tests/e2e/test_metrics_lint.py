"""What the parts expose passes the rules of `promtool check metrics`, and docs/metrics.md lists exactly that.

The rules are those of Prometheus's linter (client_golang, prometheus/testutil/promlint/validations), anew here.
"""

import re

import pytest
from prometheus_client import Metric

from harness.metric_table import documented, of_the_database
from harness.parts import Stack
from harness.people import People
from harness.rooms import Rooms, make_event
from harness.scrape import Scrape, scrape, until_scraped

BASE_UNITS = [
    "amperes",
    "bytes",
    "celsius",
    "grams",
    "joules",
    "kelvin",
    "meters",
    "metres",
    "moles",
    "ratio",
    "seconds",
    "volts",
]
OTHER_UNITS = "minutes|hours|days|weeks|months|years|bits|percent|percents|fahrenheit|miles|inches|feet|pounds|calories"
PREFIXES = "pico|nano|micro|milli|centi|deci|deca|hecto|kilo|kibi|mega|mibi|mebi|giga|gibi|tera|tebi|peta|pebi"
ABBREVIATIONS = ["s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"]
TYPES = ("gauge", "counter", "summary", "untyped", "histogram", "info", "stateset")
UNIT_OF_NAME = {
    "seconds": r"_seconds(_total)?$",
    "bytes": r"_bytes(_total)?$",
    "ratio": r"_ratio$",
}
OF_SEVERAL = {f"edgechat_gateway_{name}" for name in ("departed_slots", "map_version", "server_slots", "server_up")}
"""What is told of several servers only."""


def complaints(metric: Metric, name: str) -> list[str]:
    """What the linter has against a metric; `name` is with the `_total` that the library leaves out."""
    words = name.split("_")
    found = []
    if not metric.documentation.strip():
        found.append("no help text")
    if (metric.type == "counter") != name.endswith("_total"):
        found.append("counters, and nothing else, end in _total")
    if metric.type not in ("histogram", "summary") and words[-1] in ("bucket", "count", "sum"):
        found.append(f"{words[-1]} is what a histogram has")
    if metric.type in ("unknown", "untyped"):
        found.append("no type")
    if set(words) & set(TYPES) - ({"info"} if words[-1] == "info" else set()):
        found.append("a type in the name")
    if ":" in name:
        found.append("colons are for recording rules")
    labels = {label for sample in metric.samples for label in sample.labels}
    if any(re.search(r"[a-z][A-Z]", text) for text in (name, *labels)):
        found.append("camelCase")
    if any(re.fullmatch(rf"(?:{PREFIXES})?(?:{'|'.join(BASE_UNITS)}|{OTHER_UNITS})", word) for word in words) and not (
        set(words) & set(BASE_UNITS)
    ):
        found.append("not a base unit")
    if set(words) & set(ABBREVIATIONS):
        found.append("an abbreviated unit")
    if (metric.type != "histogram" and "le" in labels) or (metric.type != "summary" and "quantile" in labels):
        found.append("a label of histograms")
    return found


def names(found: Scrape) -> dict[str, Metric]:
    """Each metric by its name as it is written."""
    return {family.name + ("_total" if family.type == "counter" else ""): family for family in found.families}


def require_clean(found: Scrape) -> None:
    """Nothing to complain of, and nothing is there twice."""
    heads = re.findall(r"^# (?:HELP|TYPE) \S+", found.text, re.MULTILINE)
    assert len(heads) == len(set(heads))
    assert {name: words for name, metric in names(found).items() if (words := complaints(metric, name))} == {}
    series = [(sample.name, *sorted(sample.labels.items())) for family in found.families for sample in family.samples]
    assert len(series) == len(set(series))
    for family in found.families:
        if family.type == "histogram":
            values = [sample.value for sample in family.samples if sample.name.endswith("_bucket")]
            (count,) = [sample.value for sample in family.samples if sample.name.endswith("_count")]
            assert values == sorted(values)
            assert values[-1] == count


@pytest.mark.parametrize("server_count", [1, 3])
async def test_what_is_exposed_is_clean_and_documented(
    feed_stack: Stack, people: People, rooms: Rooms, server_count: int
) -> None:
    """Of a gateway and a bridge that have done some work: every metric, its type, its unit and its labels; those that
    are about several servers, and the label for what each of them tells, only where there are several."""
    await feed_stack.start_bridge()
    gateway = await feed_stack.start_gateway()
    user = await people.join(gateway.port, "adam")
    await user.set_filter(sport="sport = 3")
    await user.status("FILTERAPPLIED")
    await user.comment("hello")
    await user.through("hello")
    await rooms.store_events([make_event()])
    found = await until_scraped(
        gateway.monitor_port,
        lambda scrape: scrape.value("edgechat_gateway_newest_row", feed="sport_event") > 0,
        "the database's figures",
    )
    exposed: dict[str, Metric] = {}
    for each in (found, await scrape(feed_stack.bridge_port)):
        require_clean(each)
        exposed |= names(each)
    document = documented()
    is_one = server_count == 1
    assert document.keys() - (OF_SEVERAL if is_one else set()) == exposed.keys()
    for name, metric in exposed.items():
        kind, unit, labels = document[name]
        assert kind == metric.type, name
        assert all(re.search(ending, name) is None or unit == known for known, ending in UNIT_OF_NAME.items()), name
        used = {label for sample in metric.samples for label in sample.labels} - {"le"}
        assert used <= labels | (set() if is_one or name not in of_the_database() else {"server"}), name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# TYPE x_things counter\nx_things 1\n", "no help text"),
        ("# HELP x_things x\n# TYPE x_things gauge\nx_things_total 1\n", "no type"),
        ("# HELP x_y_milliseconds x\n# TYPE x_y_milliseconds gauge\nx_y_milliseconds 1\n", "not a base unit"),
        ("# HELP x_ms x\n# TYPE x_ms gauge\nx_ms 1\n", "an abbreviated unit"),
        ("# HELP x_gauge x\n# TYPE x_gauge gauge\nx_gauge 1\n", "a type in the name"),
        ("# HELP x_yZ x\n# TYPE x_yZ gauge\nx_yZ 1\n", "camelCase"),
        ("# HELP x:y x\n# TYPE x:y gauge\nx:y 1\n", "colons are for recording rules"),
        ('# HELP x_y x\n# TYPE x_y gauge\nx_y{le="1"} 1\n', "a label of histograms"),
        ("# HELP x_count x\n# TYPE x_count gauge\nx_count 1\n", "count is what a histogram has"),
    ],
)
def test_the_rules_find_what_is_wrong(text: str, words: str) -> None:
    """Each of them."""
    found = [complaint for name, metric in names(Scrape(text)).items() for complaint in complaints(metric, name)]
    assert words in found
