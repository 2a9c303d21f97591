"""The search box everywhere, its language explained, and what it found."""

import html
from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from lib.access.gate import Actor
from lib.lists import query_language, search_results
from lib.lists import suggestions as next_
from lib.lists.search_results import Hit, Where
from ui.components.open_page import open_page
from ui.shared import formatting, page
from ui.shared.lists import begin_again

WORDS = "words"
"""What was searched for, in the address of the search page; other pages have widgets bound to `q`."""
SEARCH, TICKET = "pages/desk/search.py", "pages/desk/ticket.py"
PLACEHOLDER = "Words, status:blocked, #123"
WHERE = {
    Where.TITLE: "Title",
    Where.DESCRIPTION: "Description",
    Where.REPLY: "Reply",
    Where.NOTE: "Internal note",
}
_ASKED = "_asked"


def box(me: Actor) -> None:
    """Offer the search on every page: a ticket's number leads to the ticket, anything else to what it finds."""
    st.text_input(
        "Search everything", key="find_anywhere", type="search", placeholder="Search or #123", on_change=_ask,
        icon=":material/search:", label_visibility="collapsed",
    )  # fmt: skip
    line = st.session_state.pop(_ASKED, "")
    if not line:
        return
    number = query_language.read(line).jump
    if number is not None:
        with page.see() as session:
            there = search_results.titled(session, me, number) is not None
        if there:
            open_page("/ticket", {"id": str(number)})
            return
    open_page("/search", {WORDS: line})


def _ask() -> None:
    st.session_state[_ASKED] = (st.session_state.find_anywhere or "").strip()
    st.session_state.find_anywhere = ""


def asked() -> str:
    """Offer the search page's own box, holding what stands in the URL, and return that."""
    line = st.query_params.get(WORDS, st.query_params.get("q", ""))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(
            "Search", line, key=f"asked-{line}", type="search", placeholder=PLACEHOLDER, icon=":material/search:",
            label_visibility="collapsed",
        )  # fmt: skip
        explain(_ask_anew)
    if (typed or "") != line:
        _ask_anew(typed or "")
        st.rerun()
    return line


def _ask_anew(line: str) -> None:
    st.query_params.from_dict({WORDS: line})


def explain(put: Callable[[str], None]) -> None:
    """Explain the language in a popover; a click on an example is given to `put`."""
    help_ = st.popover(
        "How to search", icon=":material/help:", type="tertiary", key="explain", on_change="rerun"
    )
    if not help_.open:
        return
    with help_:
        st.write(
            "Words find titles, descriptions and replies; the last may be half typed. Qualifiers narrow, and all of "
            "them must hold. A comma means *or*, `-` before a qualifier means *not*, what holds spaces is quoted, "
            "and `#123` is a ticket's number."
        )
        for qualifier in query_language.QUALIFIERS:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"**{qualifier.name}:** {qualifier.meaning}", width="content")
                for example in qualifier.examples:
                    key = f"example-{example}"
                    st.button(f"`{example}`", type="tertiary", key=key, on_click=put, args=(example,))


def put_in(line: str) -> None:
    """Let the list's own box, which has the key `q`, hold a line."""
    st.session_state.q = line
    begin_again()


def offer(me: Actor, line: str) -> None:
    """Lead to the ticket whose number was typed, if the person may see it."""
    number = query_language.read(line).jump
    if number is None:
        return
    with page.see() as session:
        title = search_results.titled(session, me, number)
    if title is not None:
        label = f"Open #{number}: {formatting.plain(title)}"
        st.page_link(TICKET, label=label, icon=":material/arrow_forward:", query_params={"id": str(number)})


def not_understood(sentences: Iterable[str], *, typing: str = "") -> None:
    """Say what was left out of a search, in a place that is always there, but not of what is still being typed."""
    sentences = (s for s in sentences if not (typing and s.startswith(f"“{typing[:60]}”")))
    place, told = st.empty(), "  \n".join(formatting.plain(sentence) for sentence in sentences)
    if told:
        place.warning(told, icon=":material/help:")


def _marked(word: str) -> str:
    return f":primary-background[{formatting.plain(word)}]"


def offers(me: Actor, line: str) -> bool:
    """Offer how the end of a line could go on, as far as it is the beginning of something; tell whether it is."""
    with page.see() as session:
        found = next_.of(session, me, line)
    if found.meaning:
        st.caption(found.meaning, width="content")
    for offer in found.offers:
        key = f"offer-{offer.label}"
        st.button(
            formatting.plain(offer.label), key=key, type="tertiary", on_click=put_in, args=(offer.line,)
        )
    return bool(found.offers)


def show_hits(found: Sequence[Hit], line: str) -> None:
    """List what was found, each a link to its ticket with the words found marked."""
    if not found:
        st.caption("Nothing matches." if line.strip() else "What are you looking for?")
    for place, hit in enumerate(found):
        with st.container(gap=None, key=f"hit-{place}"):
            title = "".join(_marked(part) if found else formatting.plain(part) for part, found in hit.parts)
            st.page_link(TICKET, label=f"\\#{hit.number} {title}", query_params={"id": str(hit.number)})
            facts = f"{WHERE[hit.where]} · {hit.status} · {formatting.ago(hit.at)}"
            lock = (
                '<span class="dk-lock" role="img" aria-label="Internal"></span> '
                if hit.where == Where.NOTE
                else ""
            )
            shown = "" if hit.where == Where.TITLE else f'<p dir="auto">{hit.snippet_html}</p>'
            st.html(f'<div class="dk">{shown}<p class="dk-facts">{lock}{html.escape(facts)}</p></div>')
