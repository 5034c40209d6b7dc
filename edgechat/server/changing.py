"""The map as commands read and change it: where somebody else was faster, the change is made of what they left."""

from collections.abc import Callable

from runtime.errors import StackError
from runtime.map_store import MapStore
from runtime.server_map import MapChangedError, NoMapError, ServerMap
from runtime.settings import Settings

TRIES = 20
UNSET = (
    "SERVER_MAP is not set: there is one server only; to deal rooms over several, choose a name for their map, which "
    "NATS keeps, and set it for all parts and commands, as in SERVER_MAP=edgechat-servers"
)


def require_bucket(settings: Settings) -> None:
    """Raise StackError where no map is named."""
    if settings.server_map is None:
        raise StackError(UNSET)


async def find_map(store: MapStore) -> ServerMap | None:
    """The map; None if there is none yet. Raises MapError."""
    try:
        return (await store.read())[0]
    except NoMapError:
        return None


async def change_map(store: MapStore, change: Callable[[ServerMap], ServerMap]) -> ServerMap:
    """Replace the map by what `change` makes of it, which may be the same; the new one. Raises MapError."""
    for left in reversed(range(TRIES)):
        present, revision = await store.read()
        wanted = change(present)
        if wanted == present:
            return present
        try:
            await store.write(wanted, revision)
        except MapChangedError:
            if not left:
                raise
        else:
            return wanted
    raise AssertionError
