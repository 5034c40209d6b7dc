"""Where a client is: the other end of its connection, or what a trusted proxy says of that."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from websockets.datastructures import Headers

FORWARDED_FOR = "X-Forwarded-For"
"""Which all common proxies write: the client's address, and behind it, with commas between, those of proxies before."""
FORWARDED_HOST = "X-Forwarded-Host"
"""The host that was asked for, from proxies that ask the gateway for another one (Apache's does)."""
CLIENT_PREFIX = 64
"""Of an IPv6 address this many bits tell clients apart: whoever has one address has all of its /64."""

Address = IPv4Address | IPv6Address


class Addresses:
    """Tells where clients are. Only proxies in `trusted` are believed: anybody can send a header."""

    def __init__(self, trusted: Sequence[IPv4Network | IPv6Network]) -> None:
        self._trusted = trusted

    def client(self, peer: str, headers: Headers) -> Address | None:
        """The address of a client whose connection comes from `peer`; None where it has none, as on a Unix socket.

        Each proxy of a chain adds at the end where it was asked from. So the chain is followed from there, as far as
        proxies are trusted; what the first other one has sent is nobody's word.
        """
        address = parse(peer)
        if address is None or not self.trusts(address):
            return address
        for text in reversed(",".join(headers.get_all(FORWARDED_FOR)).split(",")):
            named = parse(text)
            if named is None:
                break
            address = named
            if not self.trusts(address):
                break
        return address

    def host(self, peer: str, headers: Headers) -> str:
        """The host that a client asked for, as in the header Host; empty if it did not say."""
        address = parse(peer)
        forwarded = headers.get_all(FORWARDED_HOST) if address is not None and self.trusts(address) else []
        hosts = forwarded or headers.get_all("Host")
        return hosts[-1].rpartition(",")[2].strip() if hosts else ""

    def trusts(self, address: Address) -> bool:
        """Whether it is a trusted proxy's."""
        return any(address in network for network in self._trusted)


@lru_cache(maxsize=4096)
def parse(text: str) -> Address | None:
    """An address as proxies write it, with or without a port; None if it is none, such as `unknown`."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    # Of a socket that listens for both kinds.
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def client_of(address: Address) -> str:
    """What counts as one client's address: that of IPv4, the /64 of IPv6."""
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((address, CLIENT_PREFIX), strict=False))
