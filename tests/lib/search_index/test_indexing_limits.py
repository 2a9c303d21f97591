"""What it costs to index a text of the longest permitted length, whatever letters it is written with."""

import random
import unicodedata
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core import folding, text
from lib.core.text import BODY_LIMIT
from lib.search_index import terms
from tests.support import effort
from tests.support.dense import DENSE_TEXTS, repeat_piece

seconds = partial(effort.measure_seconds, enough=0.05)
LIMIT = 0.1
some = random.Random(44)


def drawn(first, last, *, length=BODY_LIMIT):
    """Return letters from a range of Unicode, each at random."""
    letters = (chr(some.randint(first, last)) for _ in range(2 * length))
    return "".join(c for c in letters if text.is_storable(c))[:length]


TEXTS = {
    "all of Unicode": drawn(1, 0x10FFFF),
    "its first plane": drawn(1, 0xFFFF),
    "its second plane": drawn(0x10000, 0x1FFFF),
    "Han": drawn(0x4E00, 0x9FFF),
    "rare Han": drawn(0x20000, 0x2FFFF),
    "Han in words": " ".join(drawn(0x4E00, 0x9FFF, length=BODY_LIMIT // 2)),
    "Han among Arabic": "".join(map("".join, zip(drawn(0x4E00, 0x9FFF), drawn(0x620, 0x64A), strict=True)))[
        :BODY_LIMIT
    ],
    "Hangul": drawn(0xAC00, 0xD7A3),
    "Thai": drawn(0xE01, 0xE3A),
    "signs": drawn(0x2000, 0x2BFF),
    "emoji": drawn(0x1F300, 0x1F6FF),
    "accents": drawn(0xC0, 0x24F),
    "narrow and wide forms": drawn(0xFF00, 0xFFEF),
    "codes": "".join(f"{n}.{n}.com " for n in range(5_000))[:BODY_LIMIT],
    "addresses": "".join(f"é{n}@é{n}.ж " for n in range(5_000))[:BODY_LIMIT],
    **{repr(each[:8]): each for each in map(repeat_piece, ["\u3300", "\ufdfa ", "1::2 ", "a@"])},
}


@pytest.mark.parametrize("source", TEXTS.values(), ids=TEXTS)
def test_no_letters_take_long_to_index(source):
    terms.tokenize(repeat_piece("Größe 印刷 "))
    assert seconds(terms.tokenize, source) < LIMIT
    assert seconds(folding.fold_words, source) < LIMIT


@pytest.mark.parametrize("source", DENSE_TEXTS[::4], ids=lambda source: repr(source[:20]))
def test_no_dense_text_takes_long_to_index(source):
    assert seconds(terms.tokenize, source) < LIMIT


@given(st.characters(exclude_categories=["Cs"]))
def test_a_letter_is_folded_as_it_is_in_a_text(letter):
    assert folding.fold_letter(letter) == folding.fold(f"a{letter}")[1:] or unicodedata.combining(letter)


@given(st.text(st.sampled_from("aö\u0301\u0316\u0344\uff9e印"), max_size=200))
def test_no_more_marks_than_a_script_has_stand_on_one_letter(written):
    made = text.break_mark_runs(written)
    assert made.replace("\u034f", "") == written
    marks = "".join("m" if c in "\u0301\u0316\u0344\uff9e" else "." for c in made)
    assert "m" * (text.MAX_MARKS + 1) not in marks
