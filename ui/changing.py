"""How one fact of a ticket is changed where it stands: the button or choice, and the version that was seen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lib.desk import tickets, versions
from lib.desk.listing import TicketRow
from lib.gate import Actor
from ui import page

_PRESSED = "_pressed"


@dataclass(frozen=True)
class Changer:
    """Changes one fact of a ticket as the person sees it, in a transaction of its own."""

    me: Actor
    facts: TicketRow

    def __call__(self, done: str, verb: Callable[..., None], **what: Any) -> None:
        """Do the deed `verb` and say that it is `done`, or say what the refusal says."""
        with page.attempt(done) as session:
            me = page.me()
            ticket = tickets.find(session, me, self.facts.number, to_change=True)
            verb(session, me, ticket, seen=self.facts.version, **what)

    def meet(self) -> None:
        """Refuse what was pressed or chosen on an earlier version: its button or choice may be gone by now."""
        number, seen = st.session_state.pop(_PRESSED, (None, None))
        if number == self.facts.number and seen != self.facts.version:
            with page.attempt() as session:
                versions.must_be(page.me(), tickets.find(session, page.me(), number), seen)

    def press(self, label: str, **look: Any) -> bool:
        """Offer a button; tell whether it was pressed."""
        return st.button(label, width="stretch", on_click=self.note, **look)

    def note(self) -> None:
        """Remember on which version something was pressed or chosen."""
        st.session_state[_PRESSED] = (self.facts.number, self.facts.version)

    def choose(self, label: str, options: Mapping[Any, str], now: Any, name: str) -> Any:
        """Offer a choice; return what was chosen, or None while it is what it was."""
        listed = list(options)
        chosen = st.selectbox(
            label,
            listed,
            index=listed.index(now) if now in options else None,
            format_func=lambda key: options.get(key, "?"),
            key=f"{name}-{self.facts.number}-{self.facts.version}-{page.turn()}",
            on_change=self.note,
        )
        return chosen if chosen is not None and chosen != now else None
