"""Which characters a name may hold: none that shows as nothing, or changes how what stands around it is shown."""

import unicodedata

from precis_i18n.unicode import UnicodeData

from gateway.names.errors import BadNameError

ALLOWED = "a name is made of letters, digits, punctuation, symbols and single spaces"
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Unicode's property Bidi_Control."""
BLANKS = frozenset("\u2800\ufffc\U0001d159")
"""Counted as symbols by Unicode, and shown as nothing: a Braille pattern, a placeholder and a note head."""
MAX_MARKS = 4
"""Nonspacing marks in a row (Unicode TS 39, section 5.4)."""
_CATEGORIES = {
    "Cc": "a control character",
    "Zl": "which ends a line",
    "Zp": "which ends a line",
    "Co": "which everybody reads as they like (private use)",
    "Cn": "which stands for no character",
    "Cs": "which is half of a character",
    "Cf": "which shows as nothing",
}
_UNICODE = UnicodeData()


def describe(character: str) -> str:
    """A character's number and name, as in `U+202E (RIGHT-TO-LEFT OVERRIDE)`."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def require_visible(text: str) -> None:
    """Raises BadNameError for the first character that no name may hold."""
    for character in text:
        complaint = _complaint(character)
        if complaint is not None:
            raise BadNameError(f"the name holds {describe(character)}, {complaint}; leave it out: {ALLOWED}")


def require_few_marks(text: str) -> None:
    """Raises BadNameError where marks stand on nothing, or on each other (Unicode TS 39, section 5.4)."""
    if text and unicodedata.category(text[0])[0] == "M":
        raise BadNameError(f"the name begins with {describe(text[0])}, a mark on nothing; put a letter before it")
    marks = ""
    for character in unicodedata.normalize("NFD", text):
        marks = marks + character if unicodedata.category(character) in ("Mn", "Me") else ""
        if len(marks) > MAX_MARKS or (marks and marks[-1] in marks[:-1]):
            raise BadNameError(
                f"the name puts {describe(character)} on too many marks; at most {MAX_MARKS} different ones may stand "
                "on one letter"
            )


def _complaint(character: str) -> str | None:
    if character in BIDI_CONTROLS:
        return "which turns the direction of the text around it"
    if character in BLANKS or _UNICODE.default_ignorable(ord(character)):
        return "which shows as nothing"
    return _CATEGORIES.get(unicodedata.category(character))
