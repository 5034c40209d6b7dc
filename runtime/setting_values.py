"""How the values of environment variables are read: each by a function that says what is allowed where it is not."""

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from runtime.url import split_authority


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


def words(values: Mapping[str, str], name: str) -> list[str]:
    """What a value lists with commas between, without blanks around."""
    return [part.strip() for part in values[name].split(",") if part.strip()]


def networks(values: Mapping[str, str], name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks and single addresses that a value lists; raises SettingError."""
    found = []
    for text in words(values, name):
        try:
            found.append(ip_network(text, strict=False))
        except ValueError:
            raise SettingError(
                f"{name} holds {text!r}; it must list IP addresses or networks with commas between, "
                "as 10.0.0.7,172.16.0.0/12,fd00::/8"
            ) from None
    return tuple(found)


def require_account(values: Mapping[str, str], name: str) -> None:
    """Raise SettingError for a URL whose password has a character that ends it (RFC 3986, section 3.2).

    What follows would count as the host and the port, and be printed as such. So the message has not even the value.
    """
    _, authority, rest = split_authority(values.get(name, ""))
    if "@" not in authority and "@" in rest and re.search(r":[^,\]]*[^0-9,\]]", authority):
        raise SettingError(
            f"{name} has a password with /, ? or # in it: write these as %2F, %3F and %23, and % itself as %25"
        )


def choice(values: Mapping[str, str], name: str, allowed: Sequence[str]) -> str:
    """One of a few words; raises SettingError."""
    if values[name] not in allowed:
        raise SettingError(f"{name} is {values[name]!r}; it must be one of: {', '.join(allowed)}")
    return values[name]
