"""Whether what the gates accepted holds anything that the tables do not list, found without the gates."""

import re
import time
from typing import cast

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
join pg_attribute as a on a.attrelid = ('feed.' || f.name)::regclass and a.attname = c.column_name
"""
# round(numeric) and trunc(numeric) are of SQL: calls of the same with no places.
IMPURE = """
select p.oid
from pg_proc as p
where p.provolatile <> 'i'
  or p.proretset
  or p.prokind <> 'f'
  or (p.prolang <> 12 and p.oid not in ('round(numeric)'::regprocedure, 'trunc(numeric)'::regprocedure))
"""
NAMES = "select oid, proname from pg_proc where pronamespace = 'pg_catalog'::regnamespace and prokind = 'f'"
LISTS = "select oid from pg_type where typcategory = 'A'"
COLLATION = "select 'chat.code_points'::regcollation::oid"
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

INTEGER, TEXT, NUMERIC, TEXTS, TIME_WITHOUT_ZONE, TIME, JSON = 23, 25, 1700, 1009, 1114, 1184, 3802
MOST_NODES = 300
MOST_BYTES = 12_000
MOST_NUMBER_CALLS = 20
MOST_DIGITS = 64
"""Of a constant, in groups of four: 60, and at most 4 that are not there."""
LONGEST_PATTERN = 100
MOST_PLACES = 15
NUMBER_WORK = {f"numeric_{name}" for name in ("add", "sub", "mul", "div", "mod", "uminus", "uplus")}
PATTERNED = {"textlike", "textnlike", "texticlike", "texticnlike", "position", "strpos"}
SEARCHING = {"arraycontains", "arraycontained", "arrayoverlap", "jsonb_contains", "jsonb_contained"}
SEARCHING |= {"jsonb_exists_any", "jsonb_exists_all"}
LONGEST_SEARCHED = 254
JSON_ORDER = {f"jsonb_{name}" for name in ("lt", "le", "gt", "ge")}
ORDERED = {"lower", "upper", "text_lt", "text_le", "text_gt", "text_ge", "texticlike", "texticnlike"}


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
        self._names: dict[int, str] = dict(tuple(row) for row in await fetch(NAMES))
        self._collation = str(await self._connection.fetchval(COLLATION))
        self._lists = {row[0] for row in await fetch(LISTS)}
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
        faults = self._faults_of_query(feed_id, query)
        return faults if len(canonical.encode()) <= MOST_BYTES else [*faults, "more bytes than allowed"]

    def _faults_of_query(self, feed_id: int, query: Node) -> list[str]:
        faults = [f"has {name}" for name in NOTHING if query.fields[name] != ["<>"]]
        if len(query.fields["rtable"]) != 1 or any(node.name == "SUBLINK" for node in query.nodes()):
            faults.append("reads more than its table")
        jointree = query.node("jointree")
        assert jointree is not None
        quals = jointree.node("quals")
        assert quals is not None
        nodes = list(quals.nodes())
        for node in nodes:
            faults += self._faults_of_node(feed_id, node) + self._faults_of_bounds(node)
        if len(nodes) - sum(map(_count_listed, nodes)) > MOST_NODES:
            faults.append("more nodes than allowed")
        works = [name for name in map(self._name, nodes) if name in NUMBER_WORK]
        places = [node for node in nodes if self._is_rounding(node)]
        if len(works) + len(places) > MOST_NUMBER_CALLS:
            faults.append("computes with decimals more often than allowed")
        return faults

    def _name(self, node: Node) -> str | None:
        """What a node calls, also behind an operator; None if it calls nothing."""
        if "opno" in node.fields:
            return self._names.get(self._operators[int(str(node.fields["opno"][0]))])
        return self._names.get(int(str(node.fields["funcid"][0]))) if "funcid" in node.fields else None

    def _is_rounding(self, node: Node) -> bool:
        return self._name(node) in ("round", "trunc") and len(_arguments(node)) > 1

    def _faults_of_bounds(self, node: Node) -> list[str]:
        """What costs more, or means something else, than a filter may, by values that a node holds or is given."""
        name = self._name(node)
        faults = self._faults_of_types(node, name)
        if node.name == "CONST" and _type(node) == NUMERIC and _digits(_value(node)) > MOST_DIGITS:
            faults.append("more digits than allowed")
        if self._is_rounding(node):
            places = _arguments(node)[-1]
            is_literal = (
                places.name == "CONST" and _type(places) == INTEGER and places.fields["constisnull"] == ["false"]
            )
            if not is_literal or abs(int.from_bytes(_value(places)[:4], "little", signed=True)) > MOST_PLACES:
                faults.append("places that are not allowed")
        if name in PATTERNED:
            pattern = _arguments(node)[-1]
            value = _value(pattern) if pattern.name == "CONST" and _type(pattern) == TEXT else b""
            if not 4 <= len(value) <= 4 + LONGEST_PATTERN:
                faults.append("a pattern that is not allowed")
            if "like" in str(name) and (len(value) - len(value.rstrip(b"\\"))) % 2:
                faults.append("a pattern that ends in its escape character")
        if name in ORDERED and node.fields["inputcollid"] != [self._collation]:
            faults.append("another order than that of code points")
        if node.name == "MINMAXEXPR" and node.fields["minmaxcollid"][0] not in ("0", self._collation):
            faults.append("another order than that of code points")
        return faults

    def _faults_of_types(self, node: Node, name: str | None) -> list[str]:
        """What goes wrong with lists, times and JSON."""
        faults = []
        if node.name == "CONST" and (_type(node) == TIME_WITHOUT_ZONE or _type(node) in self._lists - {TEXTS}):
            faults.append("a literal of a type that has none")
        if node.name == "CONST" and _type(node) == TIME and _is_now(_value(node)):
            faults.append("the time of now")
        if node.name == "COLLATEEXPR" and node.fields["collOid"] != [self._collation]:
            faults.append("another collation")
        if node.name == "ARRAYEXPR" and any(inner.name == "VAR" for inner in node.nodes()):
            faults.append("a list of columns")
        if node.name == "MINMAXEXPR" and node.fields["minmaxtype"] == [str(JSON)]:
            faults.append("an order of JSON")
        if name == "timezone" and _value(_arguments(node)[0])[4:] != b"UTC":
            faults.append("a zone that is not UTC")
        if name == "extract" and _arguments(node)[0].name != "CONST":
            faults.append("a part that is not a literal")
        if name in SEARCHING:
            size = _size(_arguments(node)[-1])
            if size is None or size > LONGEST_SEARCHED:
                faults.append("a list or JSON that is searched for and is not allowed")
        if name in JSON_ORDER and (
            node.name == "SCALARARRAYOPEXPR" or _value(_arguments(node)[-1])[4:8] != b"\x01\0\0\x50"
        ):
            faults.append("an order of JSON")
        if node.name == "SCALARARRAYOPEXPR" and name in PATTERNED | SEARCHING:
            faults.append("a pattern that is not allowed")
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


def _arguments(node: Node) -> list[Node]:
    return [argument for argument in cast("list[Node]", node.fields["args"][0]) if isinstance(argument, Node)]


def _size(node: Node) -> int | None:
    """The bytes of a constant, or of a list of constants; None if it is neither."""
    if node.name == "COLLATEEXPR":
        (node,) = cast("list[Node]", node.fields["arg"])
    if node.name == "CONST":
        return len(_value(node)) or None
    elements = cast("list[object]", node.fields["elements"][0]) if node.name == "ARRAYEXPR" else [None]
    if not all(isinstance(element, Node) and element.name == "CONST" for element in elements):
        return None
    return sum(len(_value(element)) for element in cast("list[Node]", elements))


def _is_now(value: bytes) -> bool:
    """Whether a time, in microseconds since 2000, is that of a clock, of today, of tomorrow or yesterday."""
    seconds = int.from_bytes(value, "little", signed=True) / 1e6 + 946_684_800
    return len(value) == 8 and abs(seconds - time.time()) < 3 * 86_400


def _type(node: Node) -> int:
    return int(str(node.fields["consttype"][0]))


def _value(node: Node) -> bytes:
    """The bytes of a constant, with the four that tell the length if it has any length; none for null."""
    return bytes(int(str(word)) % 256 for word in node.fields["constvalue"][2:-1])


def _digits(value: bytes) -> int:
    """Decimal digits of a numeric before and behind the point, leading zeros of a group of four among them."""
    header, rest = int.from_bytes(value[4:6], "little"), value[6:8]
    if header & 0xC000 == 0xC000:
        return 0
    if header & 0x8000:
        scale, weight = (header & 0x1F80) >> 7, (header & 0x3F) - (header & 0x40)
    else:
        scale, weight = header & 0x3FFF, int.from_bytes(rest, "little", signed=True)
    return max(0, weight + 1) * 4 + scale


def _count_listed(node: Node) -> int:
    """Nodes that do not count since they are literals of a list, or Postgres's casts of literals."""
    if node.name == "FUNCEXPR":
        return int(_is_literal(node))
    if node.name != "ARRAYEXPR":
        return 0
    elements = cast("list[object]", node.fields["elements"][0])
    return len(elements) if all(map(_is_literal, elements)) else 0


def _is_literal(value: object) -> bool:
    if not isinstance(value, Node):
        return False
    # The canonical text says a cast that Postgres put in: (1)::numeric.
    if value.name == "FUNCEXPR" and value.fields["funcformat"] != ["0"]:
        return [argument.name for argument in _arguments(value)] == ["CONST"]
    return value.name == "CONST"
