"""In the compose file's Postgres, the original's dump gives the answers that it gives in the original's tables."""

from urllib.parse import urlsplit

import pytest

from harness.containers import Containers
from harness.original_tables import DUMP, compare_answers, look_through_filters, make, open_room, psql

CREATE = "create database {} owner chatserviceusr"


@pytest.mark.slow
async def test_the_dump_loads_and_answers(containers: Containers) -> None:
    """Two databases of one server: one has the original's tables, `docker-compose run migrate` makes the other."""
    database = urlsplit(containers.database_url).path.lstrip("/")
    original, loaded = (containers.database_url.replace(f"/{database}", f"/{name}") for name in ("original", "loaded"))
    for name in ("original", "loaded"):
        await containers.psql(CREATE.format(name))
    try:
        make(original)
        await containers.compose("run", "--rm", "-T", "--no-deps", "-e", "DATABASE=loaded", "migrate")
        psql(loaded, DUMP.read_text(encoding="utf-8"))
        compare_answers(original, loaded)
        open_room(loaded)
        look_through_filters(loaded)
    finally:
        for name in ("original", "loaded"):
            await containers.psql(f"drop database if exists {name} with (force)")
