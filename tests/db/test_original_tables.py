"""SQL written for the original's tables works on the views of their names, and its dump loads as it is."""

import subprocess
from collections.abc import Iterator
from decimal import Decimal

import pytest

from harness.original_tables import DUMP, TABLES, compare_answers, look_through_filters, make, open_room, psql, refusal
from harness.servers import PostgresServer
from harness.statement import query
from proto.event_pb2 import event
from proto.execution_pb2 import execution

pytestmark = pytest.mark.parametrize("postgres_version", [18, 16])

ROUTED = "select count(*) from chat.feed_batch"


@pytest.fixture
def loaded(postgres: PostgresServer, database: str) -> str:
    """A database of ours with the dump in it."""
    psql(database, DUMP.read_text(encoding="utf-8"))
    return database


@pytest.fixture
def original(postgres: PostgresServer) -> Iterator[str]:
    """A database with the original's tables and the dump in it."""
    url = postgres.create_empty()
    make(url)
    yield url
    postgres.drop(url)


def test_queries_of_the_original_have_equal_answers(original: str, loaded: str) -> None:
    """Values, types of columns and order, of two dozen queries that give rows."""
    compare_answers(original, loaded)


def test_ids_go_on_behind_the_dump(original: str, loaded: str) -> None:
    """For the bridge's rows, for the gateway's, and for those inserted without an id, as in the original."""
    event_row = "insert into sport_event (timetag, sport, match_title, data_event) values (1, 3, 'a', 'b') returning 1"
    newest = "select max(sport_event_id) from sport_event"
    for url in (original, loaded):
        assert query(url, event_row) == [(1,)]
        assert query(url, newest) == [(61,)]
    query(loaded, "select feed.store_sport_event('{null}', array['x'::bytea], '{3}', '{x}', '{y}')")
    assert query(loaded, newest) == [(62,)]
    last = query(loaded, "select last_value from public.chat_event_chat_event_id_seq")[0][0]
    assert isinstance(last, int)
    query(loaded, "select chat.record_greeting(1)")
    assert query(loaded, "select max(chat_event_id) from chat_event where userstatus = 'PENDING'") == [(last + 1,)]


def test_ids_go_on_whatever_the_sequence_was_set_to(database: str) -> None:
    """Behind rows with ids of their own, and after a dump of an empty table set the sequence back to its start."""
    row = "insert into execution values (%s, 1, 'a', 'b', 1, 1, 1, 'PA')"
    query(database, row, 7)
    query(database, "update execution set execution_id = 9")
    assert query(database, "select nextval('execution_execution_id_seq')") == [(10,)]
    query(database, "select pg_catalog.setval('public.execution_execution_id_seq', 1, false)")
    query(database, "insert into chat_event values (5, 1, 3, '', 'adam', 3, 'hi', 'SAME', 'SAME')")
    query(database, "select pg_catalog.setval('public.chat_event_chat_event_id_seq', 1, false)")
    query(database, "select chat.open_position('feeds', 'now')")
    query(database, "select chat.open_gateway()")
    assert query(database, "select nextval('public.execution_execution_id_seq')") == [(10,)]
    assert query(database, "select nextval('public.chat_event_chat_event_id_seq')") == [(6,)]
    query(database, "select pg_catalog.setval('public.execution_execution_id_seq', 500, false)")
    query(database, row, 20)
    assert query(database, "select nextval('public.execution_execution_id_seq')") == [(500,)]


def test_a_dump_of_inserts_loads_too(postgres: PostgresServer, database: str, original: str) -> None:
    """As `pg_dump --data-only --inserts` writes it, today's pg_dump of the original's tables."""
    command = [str(postgres.pg_dump), "--data-only", "--inserts", original]
    script = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "INSERT INTO public.execution VALUES" in script
    psql(database, script)
    for table in TABLES:
        rows = f"select * from {table} order by 1"
        assert query(database, rows) == query(original, rows)


def test_filters_see_the_loaded_rows(loaded: str) -> None:
    """In previews and views of rooms, and explain_delivery tells why no room got them."""
    open_room(loaded)
    look_through_filters(loaded)


def test_loaded_rows_go_to_no_room_and_new_ones_do(postgres: PostgresServer, database: str) -> None:
    """Old rows are no news, and in the original an inserted row went nowhere. Rows of chat.<feed> go to rooms."""
    open_room(database)
    # Both feeds; the ids of chat events are taken by those of the room.
    _, first, rest = DUMP.read_text(encoding="utf-8").partition("COPY public.execution")
    psql(database, first + rest)
    query(database, "insert into sport_event (sport, match_title, data_event) values (3, 'a', 'b')")
    assert query(database, ROUTED) == [(0,)]
    query(
        database,
        "insert into execution (symbol, market, price, quantity, execution_epoch, state_symbol) "
        "values ('a', 'b', 1, 1, 1, 'PA'); "
        "insert into feed.sport_event (sport, match_title, data_event) values (3, 'new', 'c')",
    )
    assert query(database, ROUTED) == [(1,)]
    (read,) = query(database, "select message from chat.read_room_log(0, 0, 100, 100) where feed_id = 1")
    message = read[0]
    assert isinstance(message, memoryview)
    assert event.FromString(bytes(message)) == event(sport=3, match_title="new", data_event="c")


def test_a_row_without_its_message_gets_one(loaded: str) -> None:
    """The message a publisher would have sent: every field of every row, also of one that is corrected later."""
    query(loaded, "update execution set price = 0.1, symbol = %s where execution_id = 3", "x" * 3000)
    query(loaded, "update sport_event set sport = 7, match_title = '' where sport_event_id = 2")
    query(loaded, "insert into execution values (1000, 1, 'é', '', -1e-3, 3e38, -5, '')")
    trades = query(
        loaded, "select symbol, market, price, quantity, execution_epoch, state_symbol, message from feed.execution"
    )
    for symbol, market, price, quantity, epoch, state, message in trades:
        assert isinstance(message, memoryview)
        assert isinstance(price, Decimal)
        assert isinstance(quantity, Decimal)
        assert execution.FromString(bytes(message)) == execution(
            symbol=symbol,
            market=market,
            price=float(price),
            quantity=float(quantity),
            executionEpoch=epoch,
            stateSymbol=state,
        )
    for sport, title, text, message in query(
        loaded, "select sport, match_title, data_event, message from feed.sport_event"
    ):
        assert isinstance(message, memoryview)
        assert bytes(message) == event(sport=sport, match_title=title, data_event=text).SerializeToString()


def test_rows_are_corrected_and_deleted(loaded: str) -> None:
    """By id and by time, with RETURNING and counts; what is not touched keeps the message it arrived with."""
    query(loaded, "select feed.store_sport_event('{null}', array['sent'::bytea], '{3}', '{x}', '{y}')")
    assert query(loaded, "update sport_event set timetag = 5 where match_title = 'x' returning sport, timetag") == [
        (3, 5)
    ]
    assert query(loaded, "select encode(message, 'escape') from feed.sport_event where match_title = 'x'") == [
        ("sent",)
    ]
    query(loaded, "delete from sport_event where timetag < 1603900010")
    assert query(loaded, "select min(timetag), count(*) from sport_event") == [(1603900010, 36)]
    assert query(loaded, "delete from chat_event where chat_event_id = 1 returning userstatus") == [("PENDING",)]
    query(loaded, "update chat_event set commentxt = 'better' where chat_event_id = 16")
    assert query(loaded, "select userstatus, commentxt, sportfilter from chat_event where chat_event_id = 16") == [
        ("", "better", "SAME")
    ]
    # Ours stays null where the original had nothing.
    assert query(loaded, "select userstatus, sportfilter from chat.chat_event where chat_event_id = 16") == [
        (None, None)
    ]
    assert query(
        loaded, "insert into execution values (default, 1, 'a', 'b', 1, 2, 3, 'c') returning execution_id"
    ) == [(52,)]
    query(loaded, "delete from execution")
    assert query(loaded, "select count(*) from feed.execution") == [(0,)]


def test_client_rows_are_found_by_what_they_are_not(database: str) -> None:
    """What gateways record, which is null in our table, is empty, 0 or SAME in the view."""
    open_room(database)
    query(database, "select chat.record_refusal('REJECTED_NOTJOINED', 'no', 3, null, null, 'early', null, null)")
    rows = "select userstatus, username, roomid, commentxt, sportfilter, execfilter from chat_event where "
    assert query(database, rows + "userstatus <> 'PENDING' and msgtype = 3") == [("", "", 0, "early", "SAME", "SAME")]
    assert query(database, rows + "userstatus not in ('PENDING', 'USERJOINED') and msgtype = 2") == [
        ("", "adam", 0, "", "SAME", "SAME")
    ]


def test_refusals_are_in_words(loaded: str) -> None:
    """Texts over the limits, ids that are taken, and what Postgres says of TRUNCATE."""
    long_text = "insert into execution values (default, 1, 'a', %s, 1, 2, 3, 'c')"
    assert "market is 5000 bytes long, and 4096 are the most" in refusal(loaded, long_text, "x" * 5000)
    title = "update sport_event set match_title = %s"
    assert "match_title is 4098 bytes long" in refusal(loaded, title, "é" * 2049)
    data = "insert into sport_event values (default, 1, 1, '', repeat('x', 1048577))"
    assert "data_event is 1048577 bytes long, and 1048576 are the most" in refusal(loaded, data)
    assert "Key (execution_id)=(1) already exists" in refusal(
        loaded, "insert into execution values (1, 1, 'a', 'b', 1, 2, 3, 'c')"
    )
    assert '"execution" is not a table' in refusal(loaded, "truncate execution")
    # What docs/psql.md says instead.
    query(loaded, "truncate feed.execution")
    assert query(loaded, "select count(*) from execution") == [(0,)]


def test_a_role_needs_a_grant_on_the_view_only(postgres: PostgresServer, loaded: str) -> None:
    """A person who reads and corrects needs no right on schema chat."""
    role = f"reader_{postgres.version}"
    superuser = f"{postgres.server.superuser_url.rpartition('/')[0]}/{loaded.rpartition('/')[2]}"
    query(superuser, f"create role {role}")
    query(loaded, f"grant select, insert on public.execution to {role}")
    trade = "insert into execution (symbol, market, price, quantity, execution_epoch, state_symbol) "
    query(superuser, f"set role {role}; {trade} values ('a', 'b', 1, 2, 3, 'c')")
    assert query(superuser, f"set role {role}; select count(*) from execution") == [(49,)]
    assert "permission denied" in refusal(superuser, f"set role {role}; delete from execution")
    query(superuser, f"drop owned by {role}; drop role {role}")
