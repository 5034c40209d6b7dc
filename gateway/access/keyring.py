"""All keys that there are at the moment. They are changed without a restart, and never read while somebody waits."""

import asyncio
import logging
from contextlib import suppress

from gateway.access.errors import KeysError
from gateway.access.keys import Key, secret_keys
from gateway.access.sources import Source, sources_of
from runtime.access_settings import AccessSettings
from runtime.logs import event
from runtime.outage import Outage

logger = logging.getLogger("gateway")


class KeyRing:
    """The keys of the settings.

    A file or URL that cannot be read, or holds nothing usable, leaves the keys that it had, and `edgechat status` says
    so. What a good file or answer no longer has is gone within a second, or at the next look at a URL.
    """

    def __init__(self, settings: AccessSettings) -> None:
        self._fixed = secret_keys(settings.secrets)
        self._sources = sources_of(settings)
        self._keys = self._fixed
        # Rises when keys change: what was found out with the former ones is to be looked at again.
        self.version = 0
        # Set when a token names a key that there is not: it may be new.
        self._is_missed = asyncio.Event()

    async def open(self) -> None:
        """Read everything once. Raises KeysError for a file; a URL may be away for now."""
        for source in self._sources:
            try:
                await self._load(source)
            except KeysError as error:
                if source.is_file:
                    raise KeysError(f"{source.setting}: {error}") from None

    async def run(self) -> None:
        """Follow what changes."""
        async with asyncio.TaskGroup() as tasks:
            for source in self._sources:
                tasks.create_task(self._follow(source))

    def find(self, algorithm: object, key_id: object) -> list[Key]:
        """The keys that a token may have been signed with that says so of itself."""
        found = [key for key in self._keys if key.fits(algorithm, key_id)]
        if not found:
            self._is_missed.set()
        return found

    async def _follow(self, source: Source) -> None:
        outage = Outage(f"the keys of {source.setting}", logger)
        is_good = bool(source.keys)
        while True:
            await self._pause(source, source.pause if is_good else source.shortest_pause)
            try:
                await self._load(source)
            except KeysError as error:
                outage.note(str(error), is_partial=True)
                is_good = False
            else:
                outage.end()
                is_good = True

    async def _pause(self, source: Source, seconds: float) -> None:
        await asyncio.sleep(source.shortest_pause)
        if seconds > source.shortest_pause:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds - source.shortest_pause):
                    await self._is_missed.wait()
            self._is_missed.clear()

    async def _load(self, source: Source) -> None:
        if await asyncio.to_thread(source.load):
            self._keys = self._fixed + tuple(key for each in self._sources for key in each.keys)
            self.version += 1
            named = event("keys_changed", setting=source.setting, keys=len(source.keys))
            logger.info("%s: %d keys to check tokens with", source.setting, len(source.keys), extra=named)
