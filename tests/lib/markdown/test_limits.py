"""No text takes long or grows large, whatever stands in it; what is not formatted is shown as it was typed."""

from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core import folding, text
from lib.core.errors import Invalid
from lib.markdown import limits, names, parser, rendering
from tests.support import effort
from tests.support.dense import DENSE_TEXTS, PIECES, build_table, repeat_piece

anew = rendering.to_html.__wrapped__
"""Render a text without looking whether it is kept."""


seconds = partial(effort.measure_seconds, enough=0.05)


def cleaned(source):
    """Clean a text as far as it can be."""
    with suppress(Invalid):
        text.clean_block(source, field="body")


def almost(source):
    """The longest beginning of a text that is formatted to its end: where formatting costs most."""
    least, most = 0, len(source)
    if limits.AS_TYPED not in parser.to_unsafe_html(source):
        return source
    while most - least > 50:
        middle = (least + most) // 2
        least, most = (
            (least, middle) if limits.AS_TYPED in parser.to_unsafe_html(source[:middle]) else (middle, most)
        )
    return source[:least]


@pytest.mark.parametrize("source", DENSE_TEXTS, ids=lambda source: repr(source[:20]))
def test_no_text_takes_long_to_clean_render_index_or_scan(source):
    assert len(source) <= text.BODY_LIMIT
    assert seconds(cleaned, source) < 0.1
    assert seconds(folding.fold_words, source) < 0.1
    assert seconds(anew, source) < 0.1
    assert seconds(names.find_candidates, source) < 0.05
    assert seconds(names.to_html_with_mentions, source, ["A B C", "Arun Das"]) < 0.1
    assert seconds(rendering.to_line, source) < 0.1
    assert len(rendering.to_html(source)) < 1.1 * limits.MAX_OUTPUT


@pytest.mark.parametrize("source", DENSE_TEXTS[::3], ids=lambda source: repr(source[:20]))
def test_a_text_just_within_the_limits_takes_no_longer(source):
    within = almost(source)
    assert seconds(anew, within) < 0.1
    assert seconds(anew, f"{within}\n\n{'x' * (text.BODY_LIMIT - len(within) - 2)}") < 0.1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.integers(1, 3_000)), min_size=1, max_size=6))
def test_no_mixture_takes_long_or_grows_large(parts):
    source = "".join(piece * count for piece, count in parts)[: text.BODY_LIMIT]
    assert seconds(anew, source) < 0.15
    assert len(anew(source)) < 1.1 * limits.MAX_OUTPUT


def test_a_page_of_twenty_of_the_worst_opens_within_a_second():
    worst = sorted(DENSE_TEXTS, key=lambda source: seconds(anew, source))[-20:]
    assert seconds(lambda: [anew(source) for source in worst]) < 1
    for source in worst:
        rendering.to_html(source)
    assert seconds(lambda: [rendering.to_html(source) for source in worst]) < 0.05


def test_what_was_rendered_is_kept_by_what_it_says(monkeypatch):
    source = "**Long** texts " + repeat_piece("are kept too. ", before=" " * 20).strip()
    first = rendering.to_html(source)
    monkeypatch.setattr(parser, "to_unsafe_html", lambda _source: pytest.fail("rendered again"))
    assert rendering.to_html("".join(list(source))) == first
    assert names.find_candidates(source) == []
    assert rendering.to_line(source).startswith("Long texts are kept too.")


@pytest.mark.parametrize(
    "source",
    [
        build_table(500),
        build_table(5),
        "# Title\n\n" + "- **item**\n" * 1_000 + "\nthe end",
        "> " * 3 + "a\n" + "> > > *b*\n" * 900 + "the end",
        "first\n\n" * 900 + "the end",
        "line\n" * 3_000 + "the end",
        "*a" * 5_000 + " the end",
        "```\n" + "code\n" * 2_000 + "```\nthe end",
    ],
    ids=range(8),
)
def test_the_rest_stands_there_as_typed_behind_a_sentence(source):
    html = rendering.to_html(source)
    formatted, _, rest = html.partition(limits.AS_TYPED)
    assert rest.startswith("</p>\n<pre")
    assert rest.count("<") == 3  # the paragraph's end, and the rest in one piece
    last = source.strip().rpartition("\n")[2]
    assert last in rest
    for tag in ("table", "ul", "li", "blockquote", "tr", "td", "p"):
        assert formatted.count(f"<{tag}>") + formatted.count(f"<{tag} ") - formatted.count(f"</{tag}>") in (
            0,
            tag == "p",
        )


def test_ordinary_long_texts_are_formatted_whole():
    sentences = "It does not print since Monday. Kim tried it twice, without any effect. " * 5
    prose = repeat_piece(f"The printer on the **third** floor: {sentences}\n\n")
    line = "2026-11-30 09:15:02,123 [INFO] <pool-1> com.example.App_x - user=*** id=4711\n"
    log = repeat_piece(line, before="```\n", after="```")
    pasted = "Name | Room | Floor\n---|---|---\n" + "Kim | 214 | 3\n" * 100
    for source in (prose, log, pasted):
        assert limits.AS_TYPED not in rendering.to_html(source)


def test_names_behind_the_limits_are_found_and_marked():
    source = "*a" * 5_000 + "\n\n@Arun Das, look"
    assert ("Arun Das", None) in names.find_candidates(source)[0]
    assert "<mark>@Arun Das</mark>" in names.to_html_with_mentions(source, ["Arun Das"])
