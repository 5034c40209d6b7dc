"""Where metrics are served, and what is said of a value that cannot be used."""

import pytest

from runtime.monitor_settings import LAST_GATEWAY_PORT
from runtime.setting_values import SettingError
from runtime.settings import MAX_WORKERS, load


def test_the_defaults_are_for_this_machine() -> None:
    """A port for each part, and text."""
    monitor = load({}).monitor
    assert (monitor.host, monitor.gateway_port, monitor.bridge_port) == ("127.0.0.1", 4300, 4290)
    assert monitor.log_format == "text"


def test_workers_have_a_port_each() -> None:
    """Also the last of as many as there may be; and none has one if it is 0."""
    assert [load({}).monitor.worker_port(number) for number in (1, 2)] == [4300, 4301]
    last = load({"GATEWAY_METRICS_PORT": str(LAST_GATEWAY_PORT)}).monitor
    assert last.worker_port(MAX_WORKERS) == 65535
    assert load({"GATEWAY_METRICS_PORT": "0"}).monitor.worker_port(3) == 0


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("GATEWAY_METRICS_PORT", "65535", f"from 0 to {LAST_GATEWAY_PORT}"),
        ("BRIDGE_METRICS_PORT", "x", "from 0 to 65535"),
        ("LOG_FORMAT", "JSON", "one of: text, json"),
    ],
)
def test_what_is_allowed_is_said(name: str, value: str, allowed: str) -> None:
    """With the variable and its value."""
    with pytest.raises(SettingError, match=allowed) as raised:
        load({name: value})
    assert str(raised.value).startswith(f"{name} is {value!r}; ")
