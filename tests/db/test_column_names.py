"""A feed's columns may be called as anything is that a router names for itself."""

import psycopg2
import pytest

from harness.signature_kinds import Row, Table
from harness.signatures import Matching, prepare

NAMES = (
    *("v_row_ids", "v_messages", "v_filter_ids", "v_bits", "v_wanted", "v_started", "v_zero", "v_found", "v_odd_ids"),
    *("n", "i", "r", "t", "f", "m", "w", "word", "words", "number", "bits", "placed", "numbered", "trigram", "bytes"),
    *(
        "filter_ids",
        "filter_id",
        "value",
        "matched",
        "sorted",
        "masks",
        "odd",
        "everything",
        "known_1",
        "value_1",
        "sql",
        "rows",
        "wanted",
        "found",
        "tg_op",
        "tg_name",
        "form",
        "slot",
    ),
)
ROWS: list[Row] = [tuple(f"word{number + place}" for place in range(len(NAMES))) for number in range(9)]
TABLE = Table("odd_names", dict.fromkeys(NAMES, "text"), lambda chance: ROWS[0])


@pytest.mark.parametrize("form", ["direct", "pairs", pytest.param("bitmaps", marks=pytest.mark.slow)])
def test_each_is_compared(database: str, form: str) -> None:
    """By all forms, and nothing is looked at apart."""
    connection = psycopg2.connect(database)
    prepare(connection)
    with connection.cursor() as cursor:
        columns = ",".join(f"{name}:text" for name in NAMES)
        cursor.execute(f"select chat.add_feed('odd_names', 'odd.>', columns => '{{{columns}}}')")
    matching = Matching(connection, TABLE)
    refused = matching.route(
        [
            *(f"{name} = 'word{place + 3}'" for place, name in enumerate(NAMES)),
            *(f"{name} like '%rd{place + 2}%'" for place, name in enumerate(NAMES)),
            *(f"{name} like 'word{place + 1}%'" for place, name in enumerate(NAMES)),
            *(f"{name} >= 'word{place + 2}' and {name} < 'word{place + 6}'" for place, name in enumerate(NAMES)),
            *(f"{name} in ('word{place}', 'word{place + 8}')" for place, name in enumerate(NAMES)),
        ]
    )
    assert refused == {}
    matching.use(form)
    with connection.cursor() as cursor:
        cursor.execute("drop function chat.match_filters_apart(integer, bigint[], boolean)")
    matching.check(ROWS)
    connection.close()
