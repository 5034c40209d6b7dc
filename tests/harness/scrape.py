"""What a part tells of itself at its port for metrics, as Prometheus reads it."""

import asyncio
import http.client
from collections.abc import Callable
from contextlib import suppress

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from harness.waiting import until

SECONDS = 30.0


def fetch(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    """Status and text of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


async def ask(port: int, path: str) -> tuple[int, str]:
    """The same, beside other tasks."""
    return await asyncio.to_thread(fetch, port, path)


class Scrape:
    """All metrics at one moment."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.families: list[Metric] = list(text_string_to_metric_families(text))

    def value(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples that have these labels among theirs; 0 if there are none."""
        return sum(
            sample.value
            for family in self.families
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )


async def scrape(port: int) -> Scrape:
    """What is told at a port now; it must be told within SECONDS."""
    status, text = await ask(port, "/metrics")
    assert status == 200, text
    return Scrape(text)


async def until_scraped(port: int, is_there: Callable[[Scrape], bool], what: str) -> Scrape:
    """Wait until a scrape is as it must be; it is returned."""
    found = Scrape("")

    async def look() -> bool:
        nonlocal found
        # The process may be starting.
        with suppress(ConnectionError):
            found = await scrape(port)
        return is_there(found)

    try:
        await until(look, what, SECONDS)
    except AssertionError as error:
        raise AssertionError(f"{error}; at last:\n{found.text}") from None
    return found


async def until_answered(port: int, status: int, words: str = "") -> str:
    """Wait until /readyz answers with a status and says something; what it says."""
    found = (0, "")

    async def look() -> bool:
        nonlocal found
        with suppress(ConnectionError):
            found = await ask(port, "/readyz")
        return found[0] == status and words in found[1]

    try:
        await until(look, f"/readyz to answer {status} {words!r}", SECONDS)
    except AssertionError as error:
        raise AssertionError(f"{error}; at last it answered {found}") from None
    return found[1]
