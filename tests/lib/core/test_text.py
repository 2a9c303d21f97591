"""P25: text of every script goes in and comes out alike; what can't be stored is refused with a sentence."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lib.conversation import comments
from lib.core import text
from lib.core.errors import Invalid
from lib.tickets import tickets
from lib.transactions import see
from tests import cast

pytestmark = pytest.mark.both_databases("each database refuses and normalizes characters its own way")


anything = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)

ROUND_TRIPS = {
    "a family": "\U0001f468\u200d\U0001f469\u200d\U0001f467 at \U0001f3e0, \U0001f44d\U0001f3fd, \U0001f1e9\U0001f1ea",
    "Arabic": "الطابعة معطلة في الطابق الثالث",
    "Hebrew with points": "הַמַּדְפֶּסֶת לֹא עוֹבֶדֶת",
    "Persian with a joiner": "می\u200cخواهم چاپ کنم",  # noqa: RUF001
    "Hindi": "प्रिंटर खराब है",
    "Thai": "เครื่องพิมพ์เสีย",
    "Chinese beyond the BMP": "打印机坏了 \U00020000",
    "mathematics": "∀x∈ℝ: ⌈x⌉ = −⌊−x⌋",  # noqa: RUF001
    "signs": "<b>&amp; \"quotes\" 'more' `ticks` $1 %s {} \\n",
}


@pytest.mark.parametrize("written", ROUND_TRIPS.values(), ids=ROUND_TRIPS)
def test_text_comes_back_as_it_was_written(desk, written):
    written = unicodedata.normalize("NFC", written)
    number = cast.create_ticket(desk.sam, written, description=f"{written}\n\n{written}")
    cast.add_comment(desk.sam, number, written)
    with see() as session:
        ticket = tickets.find(session, desk.rita, number)
        assert (ticket.title, ticket.description) == (written, f"{written}\n\n{written}")
        assert [c.body for c in comments.list_for_ticket(session, desk.rita, ticket)] == [written]


@pytest.mark.parametrize("bad", ["\x00", "\ud800", "\udfff", "a\x00b", "\U0001f468\ud83d"])
def test_what_no_database_can_hold_is_refused_by_name_and_nothing_is_saved(desk, bad):
    for values in ({"title": bad}, {"title": "ok", "description": f"x{bad}"}, {"title": "ok", "tags": [bad]}):
        with pytest.raises(Invalid, match="can't be stored") as refusal:
            cast.create_ticket(desk.sam, **values)
        assert set(refusal.value.fields) <= {"title", "description", "tags"}
    with see() as session, pytest.raises(Invalid):
        comments.add(
            session, desk.sam, tickets.find(session, desk.sam, cast.create_ticket(desk.sam)), body=bad
        )


def test_a_body_keeps_its_direction_marks_and_a_title_does_not():
    """A title stands beside others' words, which a direction override would turn round."""
    hostile = "invoice\u202efdp.exe \u2066x\u2069 \u200bhidden\ufeff"
    assert text.clean_line(hostile, field="title", limit=200) == "invoicefdp.exe x hidden"
    assert text.clean_block(hostile, field="body") == hostile


@pytest.mark.parametrize(
    "empty", ["", "   ", "\n\t", "\u200b", "\u200d\u200c", "\u202e", "\x07\x1b", "\u00a0\u2003"]
)
def test_what_shows_nothing_is_missing(empty):
    with pytest.raises(Invalid, match="missing"):
        text.clean_line(empty, field="title", limit=200)


def test_control_characters_are_dropped_and_lines_kept():
    assert text.clean_block("a\x07b\x1b[31m\r\nc\rd\te", field="body") == "ab[31m\nc\nd\te"
    assert (
        text.clean_line("a\x07b\r\nBcc: x@evil.test\x85c\x9b", field="title", limit=200)
        == "ab Bcc: x@evil.test c"
    )


@given(anything)
@example("a\u200b\u0301")
@example("e\x01\u0301")
@example(" \u200b x")
@example("\u0958\u0344")
@example("\x1c\u200b\x1c")
def test_cleaning_what_is_clean_changes_nothing(value):
    for clean in (
        lambda v: text.clean_line(v, field="f", limit=10_000, required=False),
        lambda v: text.clean_block(v, field="f", required=False),
    ):
        try:
            once = clean(value)
        except Invalid:
            assert not text.is_storable(value)
            continue
        assert clean(once) == once
        assert unicodedata.is_normalized("NFC", once)
        assert text.is_storable(once)


@given(anything)
def test_a_line_is_one_line_without_what_is_not_seen(value):
    try:
        line = text.clean_line(value, field="f", limit=10_000, required=False)
    except Invalid:
        return
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert not {"\u200b", "\u202e", "\u2066", "\x1b", "\x7f"} & set(line)


def test_too_long_says_how_long_and_how_long_may_be():
    with pytest.raises(Invalid, match=r"At most 200 characters. This has 201"):
        text.clean_line("x" * 201, field="title", limit=200)
    with pytest.raises(Invalid, match=r"At most 50,000 characters. This has 1,000,000"):
        text.clean_block("x" * 1_000_000, field="body")
    assert text.clean_line("x" * 200, field="title", limit=200)
