"""How all parts log: one line per event, as text or as JSON, without secrets and without floods.

Whoever logs names the event, and what it is about as fields, in `extra`:

    logger.info("gateway %d serves %s", number, url, extra=event("serving", gateway_id=number, url=url))

In text the words are written, `time LEVEL part: words`; in JSON all of it, one object per line. LOG_FORMAT decides.
"""

import json
import logging
import re
import sys
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from runtime.repeats import REPEAT_SECONDS, Repeats
from runtime.secret import hide

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
MOST_ALIKE = 100
"""Lines that differ only in what they name, and are written within a minute; the others are counted."""
MAX_LINES = 1000
"""Different lines that are remembered, so as to write none of them twice within a minute."""
LINES: Counter[str] = Counter(dict.fromkeys(("debug", "info", "warning", "error", "critical"), 0))
"""How often something was logged since the process began, by level, what was not written included."""

_ACCOUNT = re.compile(r"""\b([a-z][a-z0-9+.-]*)://([^\s/@:"]*)(:[^\s/"]*)?@""", re.IGNORECASE)
_NAMED = re.compile(r"""\b((?:\w+_)?(?:password|passwd|secret|token))=[^\s&,;)"']+""", re.IGNORECASE)


def event(name: str, **fields: Any) -> dict[str, Any]:
    """What a call of a logger takes as `extra`: the event's name, which stays whatever the words become, and fields."""
    return {"event": name, "fields": fields}


def start_logging(part: str, log_format: str = "text") -> None:
    """All parts log alike, to stderr; under `edgechat up` that is the part's log file."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Unrepeated())
    handler.setFormatter(JsonFormatter(part) if log_format == "json" else TextFormatter(TEXT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for talkative in ("websockets", "yoyo"):  # They log every connection, and every step of a migration.
        logging.getLogger(talkative).setLevel(logging.WARNING)


def without_secrets(text: str) -> str:
    """The text without passwords and tokens: of settings, in URLs, behind `password=` and the like."""
    return hide(_NAMED.sub(r"\1=***", _ACCOUNT.sub(_hide, text)))


def _hide(found: re.Match[str]) -> str:
    scheme, user, password = found.groups()
    # NATS takes a token in place of a name.
    shown = f"{user}:***" if password else user if scheme.startswith("postgres") else "***"
    return f"{scheme}://{shown}@"


class Unrepeated:
    """Passes a line once a minute at most, and of lines that are alike MOST_ALIKE; the next one tells how many more."""

    def __init__(self) -> None:
        self._lines = Repeats(most=MAX_LINES)
        # By the words before anything is filled in: when a minute began, how many came in it.
        self._alike: dict[str, tuple[float, int]] = {}

    def __call__(self, record: logging.LogRecord) -> bool:
        """Whether the line is to be written; what it says then has how often it was met."""
        LINES[record.levelname.lower()] += 1
        text = record.getMessage()
        often = self._lines.meet(text, record.created)
        if often is None:
            return False
        began, count = self._alike.get(str(record.msg), (record.created, 0))
        untold = count - MOST_ALIKE
        if record.created - began >= REPEAT_SECONDS:
            self._alike = {
                words: one for words, one in self._alike.items() if record.created - one[0] < 2 * REPEAT_SECONDS
            }
            often += f" ({untold} more like it were not logged)" if untold > 0 else ""
            began, count = record.created, 0
        self._alike[str(record.msg)] = (began, count + 1)
        if count >= MOST_ALIKE:
            return False
        if often:
            record.msg, record.args = text + often, ()
        return True


class TextFormatter(logging.Formatter):
    """A line for a person."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with the stack behind it if there is one."""
        return without_secrets(super().format(record))


class JsonFormatter(logging.Formatter):
    """A line for a program: `time`, `level`, `part`, `event`, `message`, the event's fields, an error's `stack`."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self._part = part

    def format(self, record: logging.LogRecord) -> str:
        """The object, in one line."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "part": self._part,
            # What libraries log has no name.
            "event": getattr(record, "event", record.name),
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["stack"] = self.formatException(record.exc_info)
        line = getattr(record, "fields", {}) | fields
        return json.dumps(_clean(line), ensure_ascii=False)


def _clean(value: Any) -> Any:
    """A value as JSON has it, without secrets; looked for before quotes are escaped, which would hide their ends."""
    if isinstance(value, dict):
        return {name: _clean(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set):
        return [_clean(part) for part in value]
    return value if isinstance(value, int | float | None) else without_secrets(str(value))
