"""What a name becomes, and which names nobody may have."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from precis_i18n import get_profile

from gateway.names.errors import BadNameError
from gateway.names.name import read_name
from gateway.names.skeletons import skeleton
from harness.names import Case, read_names

COMPARISON = get_profile("Nickname")
# Half of them from where names of many kinds come from, else most would be refused for a character without a meaning.
texts = st.text(max_size=40) | st.text(
    st.sampled_from(" \u3000aAb1ßσςΣıİǅﬁａＡéñаΑاガｶﾞ한각東-·\u0301\u0327👍²"), max_size=12
)


def test_the_table_is_large() -> None:
    """Eighty names and pairs at least, of each verdict some."""
    assert len(read_names("accept", "refuse", "same", "differ")) > 140


@pytest.mark.parametrize("case", read_names("accept"), ids=ascii)
def test_a_name_is_shown_as_listed(case: Case) -> None:
    """What is left of a name, capitals included."""
    assert read_name(case.name).shown == case.other


@pytest.mark.parametrize("case", read_names("refuse"), ids=ascii)
def test_a_name_is_refused_as_listed(case: Case) -> None:
    """With a reason that names the character; what is empty or too long is for Postgres to refuse."""
    if case.other == "empty" or "at most 64" in case.other:
        shown = read_name(case.name).shown
        assert not shown or len(shown) > 64
    else:
        with pytest.raises(BadNameError) as refused:
            read_name(case.name)
        assert case.other in str(refused.value)


@given(texts)
def test_what_is_shown_is_a_name_and_the_same(text: str) -> None:
    """Whoever comes back under the name that was shown has it; nothing but BadNameError is raised."""
    try:
        name = read_name(text)
    except BadNameError:
        return
    assert read_name(name.shown) == name
    if name.shown:
        assert name.key == COMPARISON.enforce(text)
    assert unicodedata.is_normalized("NFKC", name.shown)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=64))
def test_ascii_stays_as_it_is(text: str) -> None:
    """But for spaces around it, and runs of them; and for what the service is called itself."""
    wanted = " ".join(text.split())
    try:
        assert read_name(text).shown == wanted
    except BadNameError:
        assert skeleton(wanted) == skeleton("unknown")


@given(texts)
def test_a_skeleton_is_its_own(text: str) -> None:
    """A look has itself as its look."""
    assert skeleton(skeleton(text)) == skeleton(text)
