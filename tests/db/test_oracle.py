"""What rooms are told they got equals a plain SELECT with their clauses over the stored rows."""

from collections import Counter

import psycopg2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class, named against the custom
from psycopg2.extensions import cursor as Cursor  # noqa: N812

pytestmark = pytest.mark.parametrize("postgres_version", [18, 16])

Row = tuple[str, str, float, float, int, str]

ROOMS = 3
SET_FILTERS = "select seq, guards from chat.set_room_filters(1, %s, '{1,2}', array['ALL', %s], %s::text[])"
STORE = """
select chat.store_execution(
  %s::bigint[], %s::bytea[], %s::text[], %s::text[], %s::real[], %s::real[], %s::bigint[], %s::text[]
)
"""
LOGGED = """
select row_id
from chat.list_logged_rows(%s, 0, 9000000000000000000, 1000000000)
where feed_id = 2 and row_id > %s
order by seq
"""
# Names as clients write them, resolved by Postgres itself and not by the project. The clause is no WHERE of its own, of
# which the planner would evaluate what is cheap first: whether it raises would depend on that.
PLAIN = """
select execution_id
from (
  select execution_id, ({clause}) as passes
  from (
    select *, execution_epoch as executionepoch, state_symbol as statesymbol
    from chat.execution
    where execution_id > {after}
  ) as f
  offset 0
) as judged
where passes
order by 1
"""
NEWEST = "select coalesce(max(execution_id), 0) from chat.execution"
STATE = "select state from chat.room_filter where room_id = %s and feed_id = 2 and state <> 'replaced'"

TEXTS = st.sampled_from(
    ["", "a", "PA", "NY", "GOLF", "DAYTONA:winner--Kyle Busch", "Bodø/Glimt 東京", "100%", "_", "O'Neil"]
)
TEXT_ROWS = TEXTS | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
REALS = st.sampled_from([0.0, 1.0, -1.0, 50.5, 3e38, -3e38, float("inf"), float("-inf"), float("nan"), 1e-40])
BIGINTS = st.sampled_from([0, 1, -1, 1_600_000_000, 2**63 - 1, -(2**63)])
ROWS = st.tuples(TEXT_ROWS, TEXT_ROWS, REALS, REALS, BIGINTS, TEXT_ROWS)

OVERFLOWING: Row = ("a", "GOLF", 50.5, 1.0, 2**63 - 1, "PA")

TEXT_COLUMNS = ["symbol", "market", "stateSymbol", "STATE_SYMBOL"]
NUMBER_COLUMNS = ["price", "quantity", "executionEpoch", "execution_epoch"]


def quote(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


literals = TEXTS.map(quote)
numbers = st.sampled_from(["0", "1", "50.5", "-1", "1600000000", ".5"])
text_values = st.recursive(
    st.sampled_from(TEXT_COLUMNS) | literals,
    lambda inner: st.one_of(
        inner.map(lambda t: f"lower({t})"),
        inner.map(lambda t: f"upper(trim({t}))"),
        inner.map(lambda t: f"left({t}, 3)"),
        st.tuples(inner, literals).map(lambda p: f"nullif({p[0]}, {p[1]})"),
        st.tuples(inner, literals).map(lambda p: f"coalesce({p[0]}, {p[1]})"),
    ),
    max_leaves=3,
)
number_values = st.recursive(
    st.sampled_from(NUMBER_COLUMNS) | numbers,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(NUMBER_COLUMNS), st.sampled_from("+-*"), inner).map(
            lambda p: f"({p[0]} {p[1]} {p[2]})"
        ),
        inner.map(lambda n: f"nullif({n}, 0)"),
        text_values.map(lambda t: f"length({t})"),
        st.tuples(inner, inner).map(lambda p: f"greatest({p[0]}, {p[1]})"),
    ),
    max_leaves=3,
)
overflowing = st.sampled_from(["executionEpoch * 1000 > 0", "price * quantity > 1", "1000 - executionEpoch < 1"])
comparisons = st.one_of(
    overflowing,
    st.tuples(text_values, st.sampled_from(["=", "<>", "<", ">=", "like", "ilike", "not like"]), literals).map(
        " ".join
    ),
    st.tuples(number_values, st.sampled_from(["=", "!=", "<", ">", "<=", ">="]), number_values).map(" ".join),
    st.tuples(number_values, numbers, numbers).map(lambda p: f"{p[0]} between {p[1]} and {p[2]}"),
    st.tuples(text_values, literals, literals).map(lambda p: f"{p[0]} in ({p[1]}, {p[2]})"),
    text_values.map(lambda t: f"{t} is null"),
    st.tuples(text_values, literals).map(lambda p: f"{p[0]} is distinct from {p[1]}"),
)
clauses = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        inner.map(lambda c: f"not ({c})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})"),
        inner.map(lambda c: f"({c}) is not true"),
        st.tuples(inner, inner, inner).map(lambda p: f"case when {p[0]} then {p[1]} else {p[2]} end"),
    ),
    max_leaves=4,
)


@pytest.fixture
def chat(database: str) -> Connection:
    """A connection with rooms of one member each."""
    connection = psycopg2.connect(database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("select chat.configure_rooms(%s), chat.open_gateway()", ([1] * ROOMS,))
        names = [f"user{room}" for room in range(ROOMS)]
        cursor.execute("select chat.join_rooms(1, %s, %s)", (names, list(range(ROOMS))))
    yield connection
    connection.close()


def test_rooms_get_what_their_clauses_select(chat: Connection) -> None:
    """Accepted clauses only; one that raises on a row gets nothing of its batch and is suspended."""
    seen: Counter[str] = Counter()

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(clauses, min_size=ROOMS, max_size=ROOMS),
        st.lists(st.lists(ROWS, min_size=1, max_size=8), min_size=1, max_size=3),
    )
    @example(["executionEpoch * 1000 > 0", "stateSymbol = 'PA'", "price > 1"], [[OVERFLOWING], [OVERFLOWING]])
    def check(wanted: list[str], batches: list[list[Row]]) -> None:
        with chat.cursor() as cursor:
            accepted = {room: clause for room, clause in enumerate(wanted) if set_filter(cursor, room, clause)}
            for batch in batches:
                cursor.execute(NEWEST)
                (after,) = cursor.fetchone()
                store(cursor, batch)
                for room, clause in tuple(accepted.items()):
                    state, logged = read_room(cursor, room, after)
                    selected = select_plainly(cursor, clause, after)
                    assert (state, logged) == ("suspended", []) if selected is None else ("in force", selected), clause
                    seen[state] += 1
                    seen["rows"] += len(logged)
                    if selected is None:
                        del accepted[room]

    check()
    assert seen["in force"] > 100, seen
    assert seen["rows"] > 100, seen
    assert seen["suspended"] > 0, seen


def read_room(cursor: Cursor, room: int, after: int) -> tuple[str, list[int]]:
    """The state of a room's filter, and the keys of the rows after one that its log says it got."""
    cursor.execute(LOGGED, (room, after))
    logged = [row_id for (row_id,) in cursor]
    cursor.execute(STATE, (room,))
    return cursor.fetchone()[0], logged


def select_plainly(cursor: Cursor, clause: str, after: int) -> list[int] | None:
    """The keys of the rows after one that a clause selects; None if it raises on one of them."""
    try:
        cursor.execute(PLAIN.format(clause=clause, after=after))
    except psycopg2.DataError:
        return None
    return [row_id for (row_id,) in cursor]


def set_filter(cursor: Cursor, room: int, clause: str) -> bool:
    """Set a room's filter; whether it was accepted. One that is refused leaves a room without rows."""
    cursor.execute(SET_FILTERS, (f"user{room}", "ALL", []))
    cursor.execute(SET_FILTERS, (f"user{room}", clause, []))
    seq, guards = cursor.fetchone()
    if guards is not None:
        cursor.execute(SET_FILTERS, (f"user{room}", clause, guards))
        seq, _ = cursor.fetchone()
    return seq is not None


def store(cursor: Cursor, rows: list[Row]) -> None:
    """Insert rows as the bridge does, in one statement."""
    symbols, markets, prices, quantities, epochs, states = (list(column) for column in zip(*rows, strict=True))
    count = len(rows)
    cursor.execute(STORE, ([None] * count, [b"\x08"] * count, symbols, markets, prices, quantities, epochs, states))
