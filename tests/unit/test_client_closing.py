"""What `edgechat.client` makes of close codes is what docs/protocol.md says to do."""

import re
from pathlib import Path

import pytest

from edgechat.client import ClosedError, ReplacedError
from edgechat.client.closing import FIRST_PAUSE, LONGEST_PAUSE, REPLACED, final_error, pause
from gateway import closing

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "protocol.md").read_text().partition("## Close codes")[2]
ROWS = re.findall(r"^\| (\d{4}) \| (.*?) ?\| .* \| (.*) \|$", TABLE, re.MULTILINE)


@pytest.mark.parametrize(("code", "reason", "advice"), ROWS)
def test_each_code_is_taken_as_the_table_says(code: str, reason: str, advice: str) -> None:
    """Mend the client, stay away, do nothing since the member goes on elsewhere, or come back."""
    error = final_error(int(code), reason)
    if advice.startswith("nothing"):
        assert isinstance(error, ReplacedError)
    elif advice.startswith(("mend", "send", "stay away")) and advice != "send less":
        assert type(error) is ClosedError
        assert str(error) == f"{code} {reason}"
    else:
        assert error is None


def test_the_table_is_read() -> None:
    """And the gateway says the words by which a place that was taken back is known."""
    assert len(ROWS) > 12
    assert tuple(closing.TAKEN_BACK) == REPLACED


def test_pauses_grow_up_to_the_longest() -> None:
    """At random within their half, so that not all clients of a gateway come back at once."""
    for failures in range(200):
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**failures)
        assert longest / 2 <= pause(failures) <= longest
    assert len({pause(3) for _ in range(10)}) == 10
