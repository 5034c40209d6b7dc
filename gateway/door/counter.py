"""How many connections there are, in all and from each address."""

from collections import Counter


class ConnectionCounter:
    """Of one gateway process; workers that share a port count each its own. A limit of 0 is none."""

    def __init__(self, most: int, most_per_address: int) -> None:
        self.most = most
        self.most_per_address = most_per_address
        self.total = 0
        self._by_client: Counter[str] = Counter()

    def is_full(self) -> bool:
        """Whether there are as many as there may be."""
        return 0 < self.most <= self.total

    def is_full_for(self, client: str) -> bool:
        """Whether a client's address has as many as it may have."""
        return 0 < self.most_per_address <= self._by_client[client]

    def add(self, client: str) -> None:
        """One more of a client's address; whoever calls this calls `remove` when the connection has ended."""
        self.total += 1
        self._by_client[client] += 1

    def remove(self, client: str) -> None:
        """One less."""
        self.total -= 1
        self._by_client[client] -= 1
        if not self._by_client[client]:
            del self._by_client[client]

    def addresses(self) -> int:
        """From how many addresses there are connections."""
        return len(self._by_client)
