"""How one fact of a ticket is changed where it stands: the button or choice, and the version that was seen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lib.access import ticket_versions
from lib.access.gate import Actor
from lib.catalog.ticket_fields import TicketRow
from lib.tickets import tickets
from ui.shared import page

_PRESSED, _OWN_CHANGES = "_pressed", "_own_changes"
MAX_OWN_CHANGES = 20
"""How many of a session's own changes are remembered, so that they are told from other people's."""


@dataclass(frozen=True)
class Press:
    """What was pressed or chosen: on which version of which ticket, where, and which value."""

    number: int
    version: int
    name: str = ""
    value: Any = None


@dataclass(frozen=True)
class _OwnChange:
    """A change that this session made: what was pressed, and the versions before and after it."""

    press: Press
    before: int
    after: int


def remember_own_change(number: int, before: int, after: int, press: Press | None = None) -> None:
    """Remember that this session changed a ticket from version `before` to `after`."""
    if before != after:
        own = _OwnChange(press or Press(number, before), before, after)
        st.session_state[_OWN_CHANGES] = [*st.session_state.get(_OWN_CHANGES, []), own][-MAX_OWN_CHANGES:]


def get_own_version(number: int, version: int) -> int:
    """Return the version to which this session's own changes alone brought a ticket from `version`."""
    own = [each for each in st.session_state.get(_OWN_CHANGES, []) if each.press.number == number]
    for each in own:
        version = each.after if each.before == version else version
    return version


@dataclass
class FieldEditor:
    """Changes one fact of a ticket as the person sees it, in a transaction of its own.

    A widget that is replaced by the change still sends its message now and then, and with it the version that it was
    drawn with. What this session's own changes superseded is no conflict: what was done already is passed over, and
    what is new is done.
    """

    me: Actor
    facts: TicketRow
    pressed: Press | None = None

    def __call__(self, done: str, verb: Callable[..., None], **what: Any) -> None:
        """Change the ticket by `verb` and say that it is `done`, or say what the refusal says."""
        number, press, span = self.facts.number, self.pressed, [0, 0]
        with page.attempt(done, then=lambda: remember_own_change(number, *span, press)) as session:
            me = page.me()
            ticket = tickets.find(session, me, number, to_change=True)
            span[0] = ticket_versions.visible_version(me, ticket)
            verb(session, me, ticket, seen=get_own_version(number, self.facts.version), **what)
            span[1] = ticket_versions.visible_version(me, ticket)

    def refuse_stale_press(self) -> None:
        """Refuse what was pressed or chosen on a version that somebody else changed: its widget may be gone by now."""
        press, number, now = st.session_state.pop(_PRESSED, None), self.facts.number, self.facts.version
        if press is None or press.number != number:
            return
        if any(own.press == press for own in st.session_state.get(_OWN_CHANGES, [])):
            return
        if get_own_version(number, press.version) == now:
            self.pressed = press
            return
        with page.attempt() as session:
            ticket_versions.must_be(page.me(), tickets.find(session, page.me(), number), press.version)

    def key(self, name: str) -> str:
        """Return the key of the widget that shows the fact `name` as it is now."""
        return f"{name}-{self.facts.number}-{self.facts.version}-{page.attempt_count()}"

    def noted(self, name: str) -> dict[str, Any]:
        """Return what makes a widget of the key `key(name)` tell on which version it was used."""
        return {"key": self.key(name), "on_change": self.note, "args": (name, self.key(name))}

    def note(self, name: str, key: str = "") -> None:
        """Remember what was pressed, or chosen in the widget `key`, and on which version."""
        value = st.session_state.get(key) if key else None
        st.session_state[_PRESSED] = Press(self.facts.number, self.facts.version, name, value)

    def late(self, name: str, shown: Any) -> Any:
        """Return what was chosen as `name` on an earlier version, else what its widget shows now."""
        press = self.pressed
        return press.value if press and press.name == name and press.version != self.facts.version else shown

    def press(self, label: str, **look: Any) -> bool:
        """Offer a button; tell whether it was pressed."""
        pressed = st.button(label, width="stretch", on_click=self.note, args=(label,), **look)
        return pressed or self.late(label, self) is None

    def choose(self, label: str, options: Mapping[Any, str], now: Any, name: str) -> Any:
        """Offer a choice; return what was chosen, or None while it is what it was."""
        listed = list(options)
        chosen = self.late(name, st.selectbox(
            label,
            listed,
            index=listed.index(now) if now in options else None,
            format_func=lambda key: options.get(key, "?"),
            **self.noted(name),
        ))  # fmt: skip
        return chosen if chosen in options and chosen != now else None
