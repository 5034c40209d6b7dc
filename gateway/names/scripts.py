"""Which scripts a name may mix: what Unicode TS 39, section 5.2, calls Highly Restrictive.

fontTools has the scripts. It is imported for the first name that is not plain ASCII: most gateways start without.
"""

from gateway.names.characters import describe
from gateway.names.errors import BadNameError

ANY = frozenset({"Zyyy", "Zinh"})
"""Common and Inherited: digits, punctuation, symbols and marks, which go with every script."""
TOGETHER = (
    frozenset({"Latn", "Hani", "Hira", "Kana"}),
    frozenset({"Latn", "Hani", "Bopo"}),
    frozenset({"Latn", "Hani", "Hang"}),
)
"""Scripts that are written together: with Latin in Japanese, in Chinese and in Korean."""


def require_one_script(text: str) -> None:
    """Raises BadNameError if letters of several scripts stand together that are not written so."""
    scripts = {character: _scripts(character) for character in text}
    wanted = [s for s in scripts.values() if not s & ANY]
    if not wanted or frozenset.intersection(*wanted):
        return
    if any(all(s & together for s in wanted) for together in TOGETHER):
        return
    first = next(c for c, s in scripts.items() if not s & ANY)
    other = next((c for c, s in scripts.items() if not s & (ANY | scripts[first])), first)
    raise BadNameError(
        f"the name mixes scripts: {describe(first)} is {_written(scripts[first])}, {describe(other)} is "
        f"{_written(scripts[other])}; use one script, or Latin with those of Chinese, Japanese or Korean"
    )


def _scripts(character: str) -> frozenset[str]:
    """The property Script_Extensions."""
    from fontTools.unicodedata import script_extension

    return frozenset(script_extension(character))


def _written(scripts: frozenset[str]) -> str:
    from fontTools.unicodedata import script_name

    return " or ".join(sorted(script_name(script) for script in scripts))
