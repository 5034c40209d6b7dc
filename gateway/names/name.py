"""A user's name as RFC 8266 has it: what is shown, and what it is compared by."""

import re
import unicodedata
from dataclasses import dataclass

from precis_i18n import get_profile

from gateway.names.characters import ALLOWED, describe, require_few_marks, require_visible
from gateway.names.errors import BadNameError
from gateway.names.scripts import require_one_script
from gateway.names.skeletons import skeleton

MAX_SENT_CHARS = 256
"""Of a name as it is sent, spaces and all; a longer one is not looked at. What is left of it has a limit of its own."""
RESERVED = ("unknown",)
"""What the service calls somebody who has no name yet, in PENDING."""
PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
"""ASCII that stays as it is."""
_PROFILE = get_profile("NicknameCasePreserved")
_RESERVED_LOOKS = frozenset(skeleton(name) for name in RESERVED)


@dataclass(frozen=True, slots=True)
class Name:
    """What nobody else may be called at the same time.

    Names with equal keys are one name. Names with equal looks are too, but where both are plain ASCII.
    """

    shown: str
    key: str
    look: str


def read_name(text: str) -> Name:
    """The name that a client means; raises BadNameError. Whether it is empty or too long is for Postgres to say."""
    if len(text) > MAX_SENT_CHARS:
        raise BadNameError(f"the name has {len(text)} characters; give one of at most 64")
    shown = text if PLAIN.fullmatch(text) else _enforced(text)
    look = skeleton(shown)
    if look in _RESERVED_LOOKS:
        raise BadNameError(f"the service itself uses the name '{RESERVED[0]}', and what looks like it; choose another")
    return Name(shown, unicodedata.normalize("NFKC", shown.lower()), look)


def _enforced(text: str) -> str:
    """The case-preserving form of the Nickname profile (RFC 8266, section 2.3)."""
    require_visible(text)
    if not text.strip():
        return ""
    try:
        shown = str(_PROFILE.enforce(text))
    except UnicodeEncodeError as error:
        raise BadNameError(_explain(error)) from error
    require_visible(shown)
    require_few_marks(shown)
    require_one_script(shown)
    return shown


def _explain(error: UnicodeEncodeError) -> str:
    if error.end - error.start != 1:
        return f"the name does not keep its form when it is normalized (RFC 8266); choose another: {ALLOWED}"
    return (
        f"the name holds {describe(error.object[error.start])}, which RFC 8264 does not allow; leave it out: {ALLOWED}"
    )
