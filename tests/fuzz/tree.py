"""Reads Postgres's own notation of a parse tree, without anything of the validator's.

A node is `{NAME :field value … :field value …}`, a list `(a b)`, nothing `<>`, and a text's backslash escapes a sign.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TOKEN = re.compile(r"[{}()]|(?:\\.|[^\s{}()\\])+")


@dataclass
class Node:
    """A node's name, and its fields' values: nodes, lists and plain words."""

    name: str
    fields: dict[str, list[object]] = field(default_factory=dict)

    def nodes(self) -> Iterator["Node"]:
        """This node and all below it."""
        yield self
        for values in self.fields.values():
            yield from _nodes(values)

    def node(self, name: str) -> "Node | None":
        """The node that a field holds; None if it holds nothing."""
        (value, *_) = self.fields[name]
        return value if isinstance(value, Node) else None


def parse_tree(text: str) -> list[object]:
    """The values in a text of the notation."""
    tokens = TOKEN.findall(text)
    values, rest = _read(tokens, 0)
    assert rest == len(tokens)
    return values


def _read(tokens: list[str], place: int) -> tuple[list[object], int]:
    values: list[object] = []
    while place < len(tokens) and tokens[place] not in ("}", ")"):
        token = tokens[place]
        if token == "{":
            node, place = _read_node(tokens, place + 1)
            values.append(node)
        elif token == "(":
            inner, place = _read(tokens, place + 1)
            values.append(inner)
            place += 1
        else:
            values.append(token)
            place += 1
    return values, place


def _read_node(tokens: list[str], place: int) -> tuple[Node, int]:
    node = Node(tokens[place])
    values, place = _read(tokens, place + 1)
    present: list[object] = []
    for value in values:
        if isinstance(value, str) and value.startswith(":"):
            present = node.fields.setdefault(value[1:], [])
        else:
            present.append(value)
    return node, place + 1


def _nodes(values: list[object]) -> Iterator[Node]:
    for value in values:
        if isinstance(value, Node):
            yield from value.nodes()
        elif isinstance(value, list):
            yield from _nodes(value)
