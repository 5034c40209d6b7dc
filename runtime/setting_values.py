"""How the values of environment variables are read: each by a function that says what is allowed where it is not."""

from collections.abc import Mapping, Sequence


class SettingError(ValueError):
    """An environment variable holds something that cannot be used."""


def whole(values: Mapping[str, str], name: str, low: int, high: int) -> int:
    """The whole number that `values[name]` is; raises SettingError where it is none from `low` to `high`."""
    text = values[name]
    if not text.isascii() or not text.strip().isdigit() or not low <= int(text) <= high:
        raise SettingError(f"{name} is {text!r}; it must be a whole number from {low} to {high}")
    return int(text)


def whole_or_none(values: Mapping[str, str], name: str, low: int, high: int) -> int | None:
    """As `whole`; None where `name` is absent."""
    return whole(values, name, low, high) if name in values else None


def port(values: Mapping[str, str], name: str) -> int:
    """A TCP port; raises SettingError."""
    return whole(values, name, 1, 65535)


def rate(values: Mapping[str, str], name: str) -> float:
    """Messages per second; raises SettingError."""
    text = values[name]
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1_000_000:
        raise SettingError(f"{name} is {text!r}; it must be messages per second, from 0 (silent) to 1000000")
    return value


def choice(values: Mapping[str, str], name: str, allowed: Sequence[str]) -> str:
    """One of a few words; raises SettingError."""
    if values[name] not in allowed:
        raise SettingError(f"{name} is {values[name]!r}; it must be one of: {', '.join(allowed)}")
    return values[name]
