"""Whether what the gates accepted holds anything that the tables do not list, found without the gates."""

import re

import asyncpg

from fuzz.tree import Node, parse_tree

SELECTS = "select f.feed_id, chat.candidate_select(f.feed_id) from chat.feed as f"
TREE = "select ev_action::text from pg_rewrite where ev_class = 'room_filter.fuzzed'::regclass"
NODES = "select node from chat.allowed_node"
TYPES = "select type_name::regtype::oid from chat.allowed_type"
FUNCTIONS = "select signature::regprocedure::oid from chat.allowed_function"
OPERATORS = "select oid, oprcode::oid from pg_operator"
COLUMNS = """
select f.feed_id, a.attnum
from chat.feed as f
join chat.feed_column as c on c.feed_id = f.feed_id
join pg_attribute as a on a.attrelid = ('chat.' || f.name)::regclass and a.attname = c.column_name
"""
IMPURE = """
select p.oid from pg_proc as p where p.provolatile <> 'i' or p.proretset or p.prokind <> 'f' or p.prolang <> 12
"""
# Of a Query: what a select without anything but columns, table and condition has not.
NOTHING = (
    "cteList",
    "groupClause",
    "havingQual",
    "windowClause",
    "sortClause",
    "limitCount",
    "setOperations",
    "rowMarks",
)
# Numbers that are no types though they are called so.
NO_TYPES = ("nulltesttype", "booltesttype")


class Inspector:
    """Knows the lists of a database."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def load(self) -> None:
        """Read the lists."""
        fetch = self._connection.fetch
        self._nodes = {row[0] for row in await fetch(NODES)}
        self._types = {row[0] for row in await fetch(TYPES)}
        self._functions = {row[0] for row in await fetch(FUNCTIONS)} - {row[0] for row in await fetch(IMPURE)}
        self._operators = dict(tuple(row) for row in await fetch(OPERATORS))
        self._columns = {tuple(row) for row in await fetch(COLUMNS)}
        self._selects = dict(tuple(row) for row in await fetch(SELECTS))

    async def inspect(self, feed_id: int, canonical: str) -> list[str]:
        """What is wrong with a canonical text."""
        transaction = self._connection.transaction()
        await transaction.start()
        try:
            select = self._selects[feed_id]
            await self._connection.execute(f"create view room_filter.fuzzed as {select} where ({canonical})")
            tree = await self._connection.fetchval(TREE)
        finally:
            await transaction.rollback()
        (queries,) = parse_tree(tree)
        assert isinstance(queries, list)
        (query,) = queries
        assert isinstance(query, Node)
        return self._faults_of_query(feed_id, query)

    def _faults_of_query(self, feed_id: int, query: Node) -> list[str]:
        faults = [f"has {name}" for name in NOTHING if query.fields[name] != ["<>"]]
        if len(query.fields["rtable"]) != 1 or any(node.name == "SUBLINK" for node in query.nodes()):
            faults.append("reads more than its table")
        jointree = query.node("jointree")
        assert jointree is not None
        quals = jointree.node("quals")
        assert quals is not None
        for node in quals.nodes():
            faults += self._faults_of_node(feed_id, node)
        return faults

    def _faults_of_node(self, feed_id: int, node: Node) -> list[str]:
        faults = [] if node.name in self._nodes else [f"node {node.name}"]
        for name, (value, *_) in node.fields.items():
            if not isinstance(value, str) or not re.fullmatch(r"\d+", value):
                continue
            number = int(value)
            if name.endswith("funcid") and number and number not in self._functions:
                faults.append(f"function {number}")
            if name == "opno" and self._operators[number] not in self._functions:
                faults.append(f"operator {number}")
            is_type = re.search(r"type(_?id)?$", name, re.IGNORECASE) and name not in NO_TYPES
            if is_type and number and number not in self._types:
                faults.append(f"type {number}")
            if name == "varattno" and (feed_id, number) not in self._columns:
                faults.append(f"column {number}")
        return faults
