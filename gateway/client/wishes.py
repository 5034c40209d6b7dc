"""What a FILTER asks for, feed by feed, and what cannot be asked like that."""

import json
from collections.abc import Mapping
from dataclasses import replace

from gateway.client.limits import MAX_FILTERS
from gateway.client.messages import storable
from gateway.delivery.feed import Feed
from gateway.postgres.records import Request
from proto import chatmessage_pb2 as pb

SHOWN_NAME = 64
"""Characters of a name that no feed has, in the reason."""


def with_wishes(request: Request, message: pb.chatmessage, feeds: Mapping[str, Feed]) -> Request:
    """A request with the clauses of its FILTER; `feeds` are those that there are, by name.

    A feed that is named in a field of its own and in `filters` too, or there twice, is to have one clause, beside SAME.
    """
    if message.mtype != pb.FILTER:
        return request
    own = _read_fields(message, feeds)
    clauses, complaint = dict(own), None
    if len(message.filters) > MAX_FILTERS:
        complaint = f"{len(message.filters)} filters in one message; {MAX_FILTERS} are the most"
    for wish in message.filters:
        name, clause = storable(wish.feed), storable(wish.clause)
        feed = feeds.get(name)
        if feed is None:
            complaint = complaint or _explain_unknown(name, feeds)
            continue
        feed_id = feed.listing.feed_id
        former = clauses.get(feed_id, "SAME")
        if _is_same(former):
            clauses[feed_id] = clause
        elif clause != former and not _is_same(clause):
            complaint = complaint or f"two filters for feed `{name}`: send one"
    if complaint is None:
        return replace(request, clauses=clauses)
    return replace(request, clauses=own, complaint=complaint, filters=_as_json(message))


def _read_fields(message: pb.chatmessage, feeds: Mapping[str, Feed]) -> dict[int, str]:
    """The clauses of the feeds that have a field for theirs: SAME, its default, if the message does not name it."""
    fields = message.DESCRIPTOR.fields_by_number
    return {
        feed.listing.feed_id: storable(getattr(message, fields[feed.listing.filter_field].name))
        for feed in feeds.values()
        if feed.listing.filter_field is not None
    }


def _is_same(clause: str) -> bool:
    """As chat.clause_keyword has it."""
    return clause.isascii() and clause.strip(" \t\n\v\f\r").upper() == "SAME"


def _explain_unknown(name: str, feeds: Mapping[str, Feed]) -> str:
    shown = name if len(name) <= SHOWN_NAME else name[:SHOWN_NAME] + "…"
    return f"no feed `{shown}`; feeds are {', '.join(feeds)}"


def _as_json(message: pb.chatmessage) -> str:
    """What `filters` says, as chat_event keeps it: the clause by the feed's name, all of them if there are several."""
    clauses: dict[str, list[str]] = {}
    for wish in message.filters:
        clauses.setdefault(storable(wish.feed), []).append(storable(wish.clause))
    return json.dumps({name: said if len(said) > 1 else said[0] for name, said in clauses.items()}, ensure_ascii=False)
