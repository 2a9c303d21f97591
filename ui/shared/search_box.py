"""The search box everywhere, its language explained, and what it found."""

import html
from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from lib.access.gate import Actor
from lib.lists import query_language, search_results
from lib.lists import suggestions as next_
from lib.lists.search_results import Hit, MatchLocation
from ui.components.open_page import open_page
from ui.shared import formatting, page
from ui.shared.lists import go_to_first_page

QUERY_PARAMETER = "words"
"""What was searched for, in the address of the search page; other pages have widgets bound to `q`."""
SEARCH_PAGE, TICKET_PAGE = "pages/desk/search.py", "pages/desk/ticket.py"
PLACEHOLDER = "Words, status:blocked, #123"
HIT_LABELS = {
    MatchLocation.TITLE: "Title",
    MatchLocation.DESCRIPTION: "Description",
    MatchLocation.REPLY: "Reply",
    MatchLocation.NOTE: "Internal note",
}
_SUBMITTED = "_asked"


def show_global_box(me: Actor) -> None:
    """Offer the search on every page: a ticket's number leads to the ticket, anything else to what it finds."""
    st.text_input(
        "Search everything", key="find_anywhere", type="search", placeholder="Search or #123", on_change=_submit,
        icon=":material/search:", label_visibility="collapsed",
    )  # fmt: skip
    line = st.session_state.pop(_SUBMITTED, "")
    if not line:
        return
    number = query_language.parse(line).jump
    if number is not None:
        with page.see() as session:
            there = search_results.find_title(session, me, number) is not None
        if there:
            open_page("/ticket", {"id": str(number)})
            return
    open_page("/search", {QUERY_PARAMETER: line})


def _submit() -> None:
    st.session_state[_SUBMITTED] = (st.session_state.find_anywhere or "").strip()
    st.session_state.find_anywhere = ""


def show_page_box() -> str:
    """Offer the search page's own box, holding what stands in the URL, and return that."""
    line = st.query_params.get(QUERY_PARAMETER, st.query_params.get("q", ""))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(
            "Search", line, key=f"asked-{line}", type="search", placeholder=PLACEHOLDER, icon=":material/search:",
            label_visibility="collapsed",
        )  # fmt: skip
        show_help(_set_url_query)
    if (typed or "") != line:
        _set_url_query(typed or "")
        st.rerun()
    return line


def _set_url_query(line: str) -> None:
    st.query_params.from_dict({QUERY_PARAMETER: line})


def show_help(put: Callable[[str], None]) -> None:
    """Explain the language in a popover; a click on an example is given to `put`."""
    help_ = st.popover(
        "How to search", icon=":material/help:", type="tertiary", key="explain", on_change="rerun"
    )
    if not help_.open:
        return
    with help_:
        st.write(
            "Words match titles, descriptions and replies. The last word can be incomplete. Qualifiers narrow the "
            "search. A comma means *or*, and `-` before a qualifier means *not*. Put values with spaces in quotes. "
            "`#123` finds a ticket by its number."
        )
        for qualifier in query_language.QUALIFIERS:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"**{qualifier.name}:** {qualifier.meaning}", width="content")
                for example in qualifier.examples:
                    key = f"example-{example}"
                    st.button(f"`{example}`", type="tertiary", key=key, on_click=put, args=(example,))


def fill_list_box(line: str) -> None:
    """Let the list's own box, which has the key `q`, hold a line."""
    st.session_state.q = line
    go_to_first_page()


def show_ticket_link(me: Actor, line: str) -> None:
    """Lead to the ticket whose number was typed, if the person may see it."""
    number = query_language.parse(line).jump
    if number is None:
        return
    with page.see() as session:
        title = search_results.find_title(session, me, number)
    if title is not None:
        label = f"Open #{number}: {formatting.escape_markdown(title)}"
        st.page_link(
            TICKET_PAGE, label=label, icon=":material/arrow_forward:", query_params={"id": str(number)}
        )


def show_not_understood(sentences: Iterable[str], *, typing: str = "") -> None:
    """Say what was left out of a search, in a place that is always there, but not of what is still being typed."""
    sentences = (s for s in sentences if not (typing and s.startswith(f"“{typing[:60]}”")))
    place, told = st.empty(), "  \n".join(formatting.escape_markdown(sentence) for sentence in sentences)
    if told:
        place.warning(told, icon=":material/help:")


def _highlight(word: str) -> str:
    return f":primary-background[{formatting.escape_markdown(word)}]"


def show_suggestions(me: Actor, line: str) -> bool:
    """Offer how the end of a line could go on, as far as it is the beginning of something; tell whether it is."""
    with page.see() as session:
        found = next_.for_line(session, me, line)
    if found.meaning:
        st.caption(found.meaning, width="content")
    for offer in found.offers:
        key = f"offer-{offer.label}"
        st.button(
            formatting.escape_markdown(offer.label),
            key=key,
            type="tertiary",
            on_click=fill_list_box,
            args=(offer.line,),
        )
    return bool(found.offers)


def show_hits(found: Sequence[Hit], line: str) -> None:
    """List what was found, each a link to its ticket with the words found marked."""
    if not found:
        st.caption("No results. Try other words." if line.strip() else "Enter words or a ticket number.")
    for place, hit in enumerate(found):
        with st.container(gap=None, key=f"hit-{place}"):
            title = "".join(
                _highlight(part) if found else formatting.escape_markdown(part) for part, found in hit.parts
            )
            st.page_link(TICKET_PAGE, label=f"\\#{hit.number} {title}", query_params={"id": str(hit.number)})
            facts = f"{HIT_LABELS[hit.where]} · {hit.status} · {formatting.format_relative(hit.at)}"
            lock = (
                '<span class="dk-lock" role="img" aria-label="Internal"></span> '
                if hit.where == MatchLocation.NOTE
                else ""
            )
            shown = "" if hit.where == MatchLocation.TITLE else f'<p dir="auto">{hit.snippet_html}</p>'
            st.html(f'<div class="dk">{shown}<p class="dk-facts">{lock}{html.escape(facts)}</p></div>')
