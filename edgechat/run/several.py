"""What `edgechat up --servers N` asks for: whether it can be, and what follows from it."""

from dataclasses import replace

from edgechat.home import Home
from runtime.errors import HomeError
from runtime.setting_values import SettingError
from runtime.settings import Settings

DEFAULT_MAP = "edgechat-servers"
"""Where SERVER_MAP names no other."""
LAST_PORT = 65535


def settle(settings: Settings, home: Home) -> Settings:
    """The settings, with a map of servers if there are several. Raises SettingError and HomeError."""
    if settings.servers > 1 and settings.database_is_external:
        raise SettingError(
            f"SERVERS is {settings.servers}, but DATABASE_URL or POSTGRES_HOST names a server of your own: unset one "
            "of them; servers of your own are added with `edgechat server add`"
        )
    if settings.database_is_external:
        return settings
    _require_all(settings, home)
    if settings.servers == 1:
        return settings
    for name, port in (
        ("POSTGRES_PORT", settings.postgres_port),
        ("BRIDGE_METRICS_PORT", settings.monitor.bridge_port),
    ):
        if port + settings.servers - 1 > LAST_PORT:
            raise SettingError(
                f"{name} is {port}; with SERVERS={settings.servers} it must be at most "
                f"{LAST_PORT - settings.servers + 1}, since each server takes the next one"
            )
    return replace(settings, server_map=settings.server_map or DEFAULT_MAP)


def _require_all(settings: Settings, home: Home) -> None:
    """Rooms are on all servers that there once were: without one of them they would be missing, or made anew."""
    present = home.count_servers()
    if present > settings.servers:
        raise HomeError(
            f"the rooms in {home.path} are on {present} servers, and SERVERS is {settings.servers}: start it with "
            f"SERVERS={present}, as in `make up SERVERS={present}` or `edgechat up --servers {present}`"
        )
