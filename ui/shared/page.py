"""What every page stands on: who is here, reading, changing, and telling how it went."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from threading import BoundedSemaphore
from typing import NoReturn
from urllib.parse import urlencode

import streamlit as st

from db.vocabulary import Action, Source
from lib import transactions
from lib.access.gate import Actor
from lib.audit import events
from lib.core.errors import NotSignedIn, Refusal
from lib.identity import client_info, sessions
from lib.transactions import Session
from ui.shared import formatting

_PERSON, _FLASH, _ATTEMPTS, _PLACE, _VISIT, _FORM_ROUND = (
    "_who",
    "_told",
    "_turn",
    "_place",
    "_visit",
    "_form-",
)

# Who is here, as found at the beginning of a run of the whole page; a fragment or callback alone finds out anew.
_current_visitor: ContextVar[tuple[Actor | None] | None] = ContextVar("found", default=None)

MAX_CONCURRENT_RUNS = 2
"""Runs of whole pages that are under way together: one computes while another waits for the database."""
SLOT_TIMEOUT = 0.3
"""Seconds after which a run no longer waits for its turn."""
_run_slots = BoundedSemaphore(MAX_CONCURRENT_RUNS)

see = transactions.see
act = transactions.act


def cookie() -> str | None:
    """Return the sign-in cookie that this connection brought."""
    return st.context.cookies.get(client_info.cookie_name())


def client_address() -> str:
    """Return where the browser is."""
    return client_info.resolve_address(st.context.ip_address, st.context.headers.get("x-forwarded-for"))


@contextmanager
def run() -> Iterator[Actor | None]:
    """Find out once who is here, for a run of the whole page with the fragments in it.

    Runs take turns, because Python computes one thing at a time: many half-done pages make each other late
    (`bench.load`). Whoever has waited PATIENCE goes on regardless, so that a slow page holds nobody up.
    """
    waited = _run_slots.acquire(timeout=SLOT_TIMEOUT)
    try:
        found = visitor()
        before = _current_visitor.set((found,))
        try:
            yield found
        finally:
            _current_visitor.reset(before)
    finally:
        if waited:
            _run_slots.release()


def visitor() -> Actor | None:
    """Return who is here by cookie and database, or None; on every run, because session state proves nothing.

    A connection that was resumed by somebody else finds an empty session, and the audit hears of it.
    """
    if (known := _current_visitor.get()) is not None:
        return known[0]
    with see() as session:
        found = sessions.authenticate(session, cookie(), channel=Source.PAGE, address=client_address())
        stale = found is not None and sessions.is_touch_due(session, found)
    if found is not None and stale:
        with transactions.try_act() as session:
            sessions.touch(session, found)
    _bind_session(found)
    return found


def _bind_session(found: Actor | None) -> None:
    here, bound = (found.id if found else None), st.session_state.get(_PERSON)
    if bound is not None and bound != here:
        st.session_state.clear()
        if here is not None or not _has_session_ended(bound):
            nobody = found or Actor(id=None, name="", role="", scopes={}, address=client_address())
            with act() as session:
                events.record(session, nobody, Action.SESSION_MISUSED, subject=f"person:{bound}")
    if here is not None:
        st.session_state[_PERSON] = here


def _has_session_ended(bound: int) -> bool:
    """Tell whether this connection's own cookie was good once: then its session simply ended."""
    with see() as session:
        return sessions.has_ended(session, cookie(), person_id=bound)


def me() -> Actor:
    """Return who is here; for pages, fragments and callbacks alike. Raises NotSignedIn."""
    found = visitor()
    if found is None:
        raise NotSignedIn
    return found


def track_visit(place: str) -> None:
    """Note where the person is; coming from elsewhere, or to another ticket, begins another visit."""
    here = (place, st.query_params.get("id"))
    if st.session_state.get(_PLACE) != here:
        st.session_state[_PLACE] = here
        st.session_state[_VISIT] = visit_number() + 1


def visit_number() -> int:
    """Return which visit this is: what belongs to an earlier one, as an open dialog, is over."""
    return st.session_state.get(_VISIT, 0)


def with_browser_timezone(actor: Actor) -> Actor:
    """Return the person with the browser's time zone, unless they have chosen one: days begin where they are."""
    return replace(actor, timezone=actor.timezone or st.context.timezone)


@contextmanager
def attempt(done: str = "", *, form: str = "", then: Callable[[], None] = lambda: None) -> Iterator[Session]:
    """Change something in one transaction, then draw the page anew with `done`, or the refusal, told on it.

    `then` is called when it went well. The form of that name, if there is one, begins empty again then, and keeps what
    was refused.
    """
    st.session_state[_ATTEMPTS] = attempt_count() + 1
    try:
        with act() as session:
            yield session
    except Refusal as refusal:
        flash(refusal.sentence, good=False)
    else:
        then()
        if form:
            st.session_state[_FORM_ROUND + form] = st.session_state.get(_FORM_ROUND + form, 0) + 1
        if done:
            flash(done)
    st.rerun()


def form_key(form: str) -> str:
    """Return the key of a form that is sent again and again: another one after each time that `attempt` went well."""
    return f"{form}-{st.session_state.get(_FORM_ROUND + form, 0)}"


@contextmanager
def attempt_and_leave(path: str, done: str) -> Iterator[Session]:
    """Change something as `attempt` does, and go to another page when it went well."""
    try:
        with act() as session:
            yield session
    except Refusal as refusal:
        flash(refusal.sentence, good=False)
        st.rerun()
    flash(done)
    st.switch_page(path)


def attempt_count() -> int:
    """Return how often something was attempted: in a widget's key, it makes a refused choice fall back to what is."""
    return st.session_state.get(_ATTEMPTS, 0)


def reset_choices() -> None:
    """Let choices that came to nothing show what is again."""
    st.session_state[_ATTEMPTS] = attempt_count() + 1


def flash(sentence: str, *, good: bool = True) -> None:
    """Say something on the next run: good news passes, a refusal stays until the next click."""
    st.session_state[_FLASH] = (sentence, good)


def show_flash() -> None:
    """Show what was said on the run before, in a place that is always there, so that nothing below it is drawn anew."""
    with st.container(key="said"):
        place = st.empty()
    if _FLASH in st.session_state:
        sentence, good = st.session_state.pop(_FLASH)
        if good:
            st.toast(formatting.escape_markdown(sentence), icon=":material/check_circle:")
        else:
            place.error(formatting.escape_markdown(sentence), icon=":material/block:")


def show_refusal(refusal: Refusal) -> None:
    """Show here and now why something was refused; names in the sentence stay plain text."""
    st.error(formatting.escape_markdown(refusal.sentence), icon=":material/block:")


_EXTERNAL_PREFIX = "/\\" + "".join(map(chr, range(0x21)))
"""Behind a slash, what makes the name of a server of the rest, and what browsers leave out."""


def current_url() -> str:
    """Return this page's path and query inside Docket, without secrets and without where others want it to lead."""
    kept = [
        (k, v)
        for k in st.query_params
        if k in {"id", "comment", "show", "sort", "q", "find", "name", "words", "rows", "cols", "group", "of"}
        for v in st.query_params.get_all(k)
    ]
    query = urlencode(kept)
    return f"/{current_path()}?{query}" if query else f"/{current_path()}"


def current_path() -> str:
    """Return the path of the address that the browser names, without what would lead a browser to another server."""
    named = (st.context.url or "").split("://", 1)[-1].partition("/")[2].partition("?")[0]
    return named.lstrip(_EXTERNAL_PREFIX)


def number_from_url(name: str) -> int:
    """Return the number under `name` in the URL, or 0, which nothing has."""
    asked = st.query_params.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0


def show_not_found() -> NoReturn:
    """Say that there is nothing to see, whether or not there is, and stop."""
    st.error(
        "This page doesn't exist, or you don't have access to it. Check the link or ask the person who sent it.",
        icon=":material/search_off:",
    )
    st.page_link("pages/desk/tickets.py", label="Go to your tickets", icon=":material/arrow_back:")
    st.stop()
