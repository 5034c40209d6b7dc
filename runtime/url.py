"""The parts of a URL that may name several hosts."""


def split_authority(url: str) -> tuple[str, str, str]:
    """The scheme, the authority (account and hosts, RFC 3986, section 3.2), and the rest, from its `/`, `?` or `#` on.

    urllib takes no list of hosts with an address of IPv6 in it, since Python's patch releases of 2023.
    """
    scheme, _, behind = url.partition("://")
    end = min((behind.index(mark) for mark in "/?#" if mark in behind), default=len(behind))
    return scheme, behind[:end], behind[end:]
