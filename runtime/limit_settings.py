"""The settings of who may connect: how many, from where, which pages, for how long, and the gateway's certificate."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from runtime.setting_values import SettingError, networks, whole, words

LIMIT_DEFAULTS = {
    "MAX_CONNECTIONS": "20000",
    "MAX_CONNECTIONS_PER_ADDRESS": "1000",
    "TRUSTED_PROXIES": "",
    "ALLOWED_ORIGINS": "same",
    "HANDSHAKE_TIMEOUT": "10",
    "TLS_CERT_FILE": "",
    "TLS_KEY_FILE": "",
}
"""What counts for a variable that is absent or empty."""
MOST_CONNECTIONS = 10_000_000
LONGEST_HANDSHAKE = 300
SAME_ORIGIN = "same"
"""Stands in ALLOWED_ORIGINS for the host that the page's browser asked for."""
ANY_ORIGIN = "*"
_ORIGIN = re.compile(r"\*|same|null|[a-z][a-z0-9+.-]*://[^/?#\s]+")


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Where a certificate chain and its key stand, in PEM."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """What one gateway process lets in; 0 of a number of connections is no limit.

    `trusted_proxies` are the networks whose X-Forwarded-For is believed; `allowed_origins` has the items
    of the environment; `handshake_timeout` is in seconds; without `certificate` the gateway speaks no TLS.
    """

    max_connections: int
    max_connections_per_address: int
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    allowed_origins: frozenset[str]
    handshake_timeout: int
    certificate: CertificateFiles | None


def load_limits(values: Mapping[str, str]) -> LimitSettings:
    """Read them from the environment with LIMIT_DEFAULTS under it; raises SettingError."""
    return LimitSettings(
        max_connections=whole(values, "MAX_CONNECTIONS", 0, MOST_CONNECTIONS),
        max_connections_per_address=whole(values, "MAX_CONNECTIONS_PER_ADDRESS", 0, MOST_CONNECTIONS),
        trusted_proxies=networks(values, "TRUSTED_PROXIES"),
        allowed_origins=_origins(values),
        handshake_timeout=whole(values, "HANDSHAKE_TIMEOUT", 1, LONGEST_HANDSHAKE),
        certificate=_certificate(values),
    )


def _origins(values: Mapping[str, str]) -> frozenset[str]:
    items = [item.lower() for item in words(values, "ALLOWED_ORIGINS")]
    for item in items:
        if not _ORIGIN.fullmatch(item):
            raise SettingError(
                f"ALLOWED_ORIGINS holds {item!r}; it must list origins with commas between, as https://chat.example "
                "without a path, and the words same (the host that was asked for), null (pages from files) or * (all)"
            )
    return frozenset(items)


def _certificate(values: Mapping[str, str]) -> CertificateFiles | None:
    certificate, key = values["TLS_CERT_FILE"], values["TLS_KEY_FILE"]
    if not certificate and not key:
        return None
    if not certificate:
        raise SettingError(
            "TLS_KEY_FILE is set and TLS_CERT_FILE is not; set both, or TLS_CERT_FILE alone if it has both"
        )
    return CertificateFiles(Path(certificate), Path(key or certificate))
