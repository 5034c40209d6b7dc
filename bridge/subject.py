"""Subjects with wildcards: `*` stands for one token, a `>` at the end for one or more."""

from collections.abc import Iterable, Sequence


def is_subject(subject: str) -> bool:
    """True if one can subscribe to it."""
    tokens = subject.split(".")
    return all(_is_token(token) for token in tokens) and ">" not in tokens[:-1]


def is_literal(tokens: Sequence[str]) -> bool:
    """True for the tokens of a subject that one can publish to."""
    return all(_is_token(token) and token not in ("*", ">") for token in tokens)


def covers(pattern: str, subject: str) -> bool:
    """True if everything that comes on `subject`, which may have wildcards too, comes on `pattern`."""
    wanted, tokens = pattern.split("."), subject.split(".")
    for index, token in enumerate(wanted):
        if token == ">":
            return len(tokens) > index
        if index >= len(tokens) or tokens[index] == ">" or token not in ("*", tokens[index]):
            return False
    return len(wanted) == len(tokens)


def overlap(one: str, other: str) -> bool:
    """True if a message can come on both."""
    ones, others = one.split("."), other.split(".")
    for token, its in zip(ones, others, strict=False):
        if ">" in (token, its):
            return True
        if token != its and "*" not in (token, its):
            return False
    return len(ones) == len(others)


def merge(subjects: Iterable[str]) -> list[str]:
    """Subjects that cover all of these and of which no two overlap: a stream cannot have two that do.

    What another covers is left out. Two that overlap in part, as a.*.c and a.b.> do, become the narrowest that covers
    both, a.*.>: the stream then gets more than the feeds want, which the bridge passes over.
    """
    merged: list[str] = []
    for subject in subjects:
        wide = subject
        while (found := next((one for one in merged if overlap(one, wide)), None)) is not None:
            if covers(found, wide):
                break
            wide = _widen(found, wide)
            merged.remove(found)
        else:
            merged.append(wide)
    return merged


def _widen(one: str, other: str) -> str:
    """The narrowest subject that covers two that overlap."""
    tokens: list[str] = []
    for token, its in zip(one.split("."), other.split("."), strict=False):
        if ">" in (token, its):
            return ".".join([*tokens, ">"])
        tokens.append(token if token == its else "*")
    return ".".join(tokens)


def _is_token(token: str) -> bool:
    return bool(token) and not any(c.isspace() for c in token)
