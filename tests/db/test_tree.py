"""The tree stage fails closed: where Postgres writes a node otherwise than the gate reads it, the clause is refused."""

import re

import asyncpg
import pytest

pytestmark = pytest.mark.parametrize("postgres_version", [18, 16])

EXECUTION = 2
VIEW = "create view room_filter.tree as select * from feed.execution where {condition}"
QUALS = "select quals from chat.split_view_tree('room_filter.tree')"
CHECK = "select chat.check_tree($1, $2)"
# Each node that a filter may hold, in conditions that are allowed.
CONDITIONS = (
    "price > 1 and not symbol like 'A%' and symbol = null",
    "lower(symbol) = 'a' and price::double precision + 1 > 2",
    "symbol in ('a', market) and symbol in ('a', 'b')",
    "symbol is distinct from market or nullif(price, 1) is null",
    "(price > 1) is true and coalesce(price, quantity) > greatest(price, 3)",
    "case symbol when 'a' then price > 1 else quantity > 1 end",
    # No column has a type that is made a text without a function, and so this one is allowed for the test only.
    "symbol::varchar = trim(market)",
    "symbol collate chat.code_points < 'a'",
    "symbol not in ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j')",
)
# What the gate reads of a node: without it, it would not know what the node calls, is or names.
LABELS = (
    *("funcid", "funcresulttype", "funcretset", "funcvariadic"),
    *("opno", "opfuncid", "opresulttype", "opretset", "hashfuncid", "negfuncid"),
    *("consttype", "constlen", "constisnull", "constvalue"),
    *("varno", "varattno", "vartype", "varlevelsup"),
    *("array_typeid", "element_typeid", "multidims"),
    *("casetype", "typeId", "coalescetype", "minmaxtype", "resulttype", "collOid"),
)
# A label and its value, as another version of Postgres might write them.
FORMS = (r":\1_of_it \2", r":the_\1 \2", r":\1 (\2)", r":\1 oid\2", r":\1", r"\2", r":\1 \2 :more_funcid 1255")


async def read_tree(connection: asyncpg.Connection, condition: str) -> str:
    """The condition as Postgres stores it in a view."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(VIEW.format(condition=condition))
        return str(await connection.fetchval(QUALS))
    finally:
        await transaction.rollback()


async def read_trees(connection: asyncpg.Connection) -> list[str]:
    """All conditions; the gate lets each pass."""
    await connection.execute("insert into chat.allowed_type (type_name) values ('character varying')")
    trees = [await read_tree(connection, condition) for condition in CONDITIONS]
    for tree in trees:
        assert await connection.fetchval(CHECK, EXECUTION, tree) is None, tree
    return trees


async def test_every_node_is_tried(connection: asyncpg.Connection) -> None:
    """The conditions hold every node that is allowed, so that none is left out of the tests below."""
    nodes = set(re.findall(r"\{(\w+)", "".join(await read_trees(connection))))
    assert nodes == {row["node"] for row in await connection.fetch("select node from chat.allowed_node")}


@pytest.mark.parametrize("form", FORMS)
async def test_a_label_that_another_version_changed_is_refused(connection: asyncpg.Connection, form: str) -> None:
    """One label that is written otherwise, or one that is added, is enough: what it hides was not looked at."""
    trees = await read_trees(connection)
    for label in LABELS:
        last = re.compile(rf"(?s):({label}) ([\w-]+)(?!.*:{label} )")
        doctored = [last.sub(form, tree) for tree in trees if last.search(tree)]
        assert doctored, label
        for tree in doctored:
            assert await connection.fetchval(CHECK, EXECUTION, tree) is not None, (label, tree)


async def test_a_node_that_is_not_read_is_refused(connection: asyncpg.Connection) -> None:
    """A node that an operator allows, but the gate cannot read, is refused: it may call anything."""
    await connection.execute("insert into chat.allowed_node (node) values ('COERCEVIAIO')")
    tree = await read_tree(connection, "price::text = '1'")
    assert "cannot be read" in str(await connection.fetchval(CHECK, EXECUTION, tree))
