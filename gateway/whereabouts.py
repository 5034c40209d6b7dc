"""Which server has which rooms, and which of them are away: what the page asks for."""

import json
from collections.abc import Iterator

from gateway.fleet import Fleet


class Whereabouts:
    """Called, it tells in JSON what a gateway knows; the names of servers, and nothing of where they are."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        # The slots as they are told, and the map's version that they are of: a thousand numbers, which change seldom.
        self._slots = ""
        self._version: int | None = None

    def __call__(self) -> bytes:
        """With one server, that there is none that has a name."""
        return "".join(self._pieces()).encode()

    def _pieces(self) -> Iterator[str]:
        deal = self._fleet.servers.deal
        if deal is None:
            yield '{"servers": []}\n'
            return
        if self._version != deal.version:
            places = {name: place for place, name in enumerate(deal.urls)}
            self._slots = json.dumps([places[name] for name in deal.slots], separators=(",", ":"))
            self._version = deal.version
        away = self._fleet.away
        servers = [{"name": name, "isUp": name not in away} for name in deal.urls]
        yield f'{{"servers": {json.dumps(servers)}, "slots": {self._slots}}}\n'
