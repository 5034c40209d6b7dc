"""What the simulator checks of a room's filters, message by message; it neither sends nor prints."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from clientsim.clauses import SAME, Step
from proto import chatmessage_pb2
from proto.chatmessage_pb2 import chatmessage
from proto.event_pb2 import event
from proto.execution_pb2 import execution

Filters = tuple[str, str]


@dataclass(slots=True)
class Tally:
    """The figures of the summary."""

    applied: int = 0
    refused: int = 0
    rows_checked: int = 0
    rows_unchecked: int = 0
    problems: list[str] = field(default_factory=list)


class Inspection:
    """Follows the filters of one room as one of its members sees them.

    Rows are checked from this user's own FILTERAPPLIED on. If somebody else changes the room's filters, checking stops
    until the next own one: what their clause means is not known here.
    """

    def __init__(self, user: str, tells_reasons: bool = True) -> None:
        """`tells_reasons`: whether the service is to say why it refuses a filter; the original does not."""
        self._user = user
        self._tells_reasons = tells_reasons
        # The own request that has no verdict yet.
        self._asked: Step | None = None
        # The room's filters as the last message told them, and all that were in force since the last own request.
        self._in_force: Filters | None = None
        self._seen: set[Filters] = set()
        # What a refusal called in force though no message had told it; judged at the next request.
        self._disputed: Filters | None = None
        # What rows are checked by; None while they are not checked.
        self._sport_passes: Callable[[event], bool] | None = None
        self._execution_passes: Callable[[execution], bool] | None = None
        self.rows_since_verdict = 0
        self.tally = Tally()

    @property
    def answered(self) -> bool:
        """Whether the last request has its verdict."""
        return self._asked is None

    def ask(self, step: Step) -> None:
        """Note that a filter request goes out; one at a time."""
        self._settle_dispute()
        self._asked = step
        self._seen = {self._in_force} if self._in_force else set()

    def give_up(self) -> str:
        """Note that the request under way got no verdict in time; returns the problem."""
        assert self._asked is not None
        step, self._asked = self._asked, None
        return self._problem(f"no verdict on {describe(step.sport_filter, step.execution_filter)}")

    def finish(self) -> None:
        """Judge what waited for later messages; call it before reading the tally."""
        self._settle_dispute()

    def take(self, message: chatmessage) -> str | None:
        """Check one message; returns a remark for the person who watches, or None if all is as usual."""
        if message.mtype in (chatmessage_pb2.EVENT, chatmessage_pb2.EXECUTION):
            return self._take_row(message)
        if message.mtype != chatmessage_pb2.ROOM_STATUS:
            return None
        match message.userstatus:
            case "USERJOINED":
                return self._take_joined(message)
            case "FILTERAPPLIED":
                return self._take_applied(message)
            case "REJECTED_BADFILTER":
                return self._take_rejected(message)
            case "FILTERSUSPENDED":
                return self._take_suspended(message)
        return None

    def _take_row(self, message: chatmessage) -> str | None:
        if message.mtype == chatmessage_pb2.EVENT:
            passed = self._sport_passes(message.eventmsg) if self._sport_passes else None
        else:
            passed = self._execution_passes(message.execmsg) if self._execution_passes else None
        if passed is None:
            self.tally.rows_unchecked += 1
            return None
        self.tally.rows_checked += 1
        self.rows_since_verdict += 1
        if passed:
            return None
        assert self._in_force is not None
        return self._problem(f"seq {message.seq} does not pass {describe(*self._in_force)}")

    def _take_joined(self, message: chatmessage) -> str | None:
        filters = _filters(message)
        if self._in_force is not None and filters != self._in_force:
            remark = self._problem(f"USERJOINED says {describe(*filters)}, in force was {describe(*self._in_force)}")
            self._in_force = filters
            return remark
        self._in_force = filters
        return None

    def _take_applied(self, message: chatmessage) -> str | None:
        filters, before = _filters(message), self._in_force
        self._in_force = filters
        self._seen.add(filters)
        if message.user != self._user:
            self._stop_checking()
            return f"set by {message.user}: rows are not checked until the next own filter"
        step, self._asked = self._asked, None
        if step is None:
            self._stop_checking()
            return self._problem(f"FILTERAPPLIED without a request: {describe(*filters)}")
        return self._start_checking(step, filters, before)

    def _start_checking(self, step: Step, filters: Filters, before: Filters | None) -> str:
        self.rows_since_verdict = 0
        if not step.valid:
            self._stop_checking()
            return self._problem(f"applied an invalid filter: {describe(*filters)}")
        self.tally.applied += 1
        # SAME leaves a feed's predicate as it was: None after somebody else's filter.
        if step.sport_filter != SAME:
            self._sport_passes = step.sport_passes
        if step.execution_filter != SAME:
            self._execution_passes = step.execution_passes
        wanted = tuple(
            kept if asked == SAME else asked
            for asked, kept in zip((step.sport_filter, step.execution_filter), before or filters, strict=True)
        )
        if filters != wanted:
            return self._problem(f"asked for {describe(*wanted)}, in force is {describe(*filters)}")
        return "applied, as it must be"

    def _take_rejected(self, message: chatmessage) -> str:
        step, self._asked = self._asked, None
        filters = _filters(message)
        if filters not in self._seen:
            # It may be somebody else's filter whose FILTERAPPLIED is still on its way.
            self._disputed = filters
        if step is None or step.valid:
            return self._problem(f"refused a valid filter: {message.reason or 'without a reason'}")
        self.tally.refused += 1
        if self._tells_reasons and not message.reason:
            return self._problem("refused, but without a reason")
        return "refused, as it must be"

    def _take_suspended(self, message: chatmessage) -> str:
        own = self._sport_passes is not None or self._execution_passes is not None
        self._in_force = _filters(message)
        self._seen.add(self._in_force)
        self._stop_checking()
        return self._problem("a filter of the collection was suspended") if own else "rows are not checked any more"

    def _settle_dispute(self) -> None:
        if self._disputed is not None and self._disputed not in self._seen:
            self._problem(f"REJECTED_BADFILTER says {describe(*self._disputed)} is in force, which never was")
        self._disputed = None

    def _stop_checking(self) -> None:
        self._sport_passes = None
        self._execution_passes = None

    def _problem(self, text: str) -> str:
        self.tally.problems.append(text)
        return f"WRONG: {text}"


def describe(sport_filter: str, execution_filter: str, *, others: Mapping[str, str] | None = None) -> str:
    """A room's filters in one line; `others` are those of more feeds, by name."""
    clauses = {"sport": sport_filter, "execution": execution_filter, **(others or {})}
    return f"[{' | '.join(f'{feed}: {clause}' for feed, clause in clauses.items())}]"


def _filters(message: chatmessage) -> Filters:
    return message.sport_filter, message.execution_filter
