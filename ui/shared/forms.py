"""Forms that change what others may change too: the version they began from, what was typed, what others did."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from lib.core.errors import Conflict, Refusal
from lib.transactions import Session
from ui.shared import formatting, page

_STARTED, _ROUND = "_form_begun-", "_form_round-"
CONFLICT_MESSAGE = (
    "Somebody else changed this while you were editing. Your changes are not saved. They are still in the form, "
    "and the other fields show the current values. Save again to apply your changes."
)


class EditForm:
    """One form for one thing: its widgets keep what was typed until it is saved, whatever others do meanwhile.

    `seen` is the version that the form began from. Ask `field` for the key of each widget, and change things in `save`.
    A form in a dialog says there what went wrong, and the dialog stays open.
    """

    def __init__(self, name: str, version: int, *, dialog: bool = False) -> None:
        self.name, self.version, self.dialog = name, version, dialog
        self._theirs: list[str] = []
        self.round = st.session_state.get(_ROUND + name, 0)
        begun = st.session_state.get(_STARTED + name)
        held = begun and (
            begun["pending"] or any(self._key(field) in st.session_state for field in begun["fields"])
        )
        if not held:
            begun = {"seen": version, "fields": {}, "pending": {}, "anew": False}
            st.session_state[_STARTED + name] = begun
        self._begun: dict[str, Any] = begun

    @property
    def key(self) -> str:
        """The key of the form itself."""
        return f"form-{self.name}-{self.round}"

    @property
    def seen(self) -> int:
        """The version that the form began from, or that the person was last told of."""
        return self._begun["seen"]

    def field(self, field: str, now: Any) -> str:
        """Return the key of the widget for one field, which begins as it is `now`; put no value into the widget."""
        key, fields = self._key(field), self._begun["fields"]
        untouched = field in fields and st.session_state.get(key) == fields[field]
        if key not in st.session_state or (self._begun["anew"] and untouched):
            st.session_state[key] = fields[field] = now
        elif (
            self._begun["anew"]
            and isinstance(now, str)
            and now not in {fields.get(field), st.session_state[key]}
        ):
            self._theirs.append(now)
        return key

    def known(self, now: Any) -> Any:
        """Return what `now` was when the form began, or when the person was last told of what others did."""
        if "known" not in self._begun or self._begun["anew"]:
            self._begun["known"] = now
        return self._begun["known"]

    def pending(self) -> dict[Any, Any]:
        """Return the changes that are not saved, for a form that is too long to be shown at once: put them here."""
        return self._begun["pending"]

    def discard(self) -> None:
        """Let the form begin anew with what is stored."""
        reset(self.name)
        st.rerun()

    def tell(self) -> None:
        """End the fields; say when somebody else changed this since the form began."""
        if self._begun["anew"] and self.dialog:
            st.error(CONFLICT_MESSAGE, icon=":material/error:")
            for text in self._theirs:
                st.caption(f"Their version: {formatting.escape_markdown(text)}")
        self._begun["anew"] = False
        if self.seen != self.version:
            st.caption(":material/info: Somebody else changed this after you opened it.")

    @contextmanager
    def save(self, done: str) -> Iterator[Session]:
        """Change something as `page.attempt` does, keeping what was typed until it went well."""
        try:
            with page.act() as session:
                yield session
        except Conflict as conflict:
            self._begun["seen"] = conflict.current.get("version", self.version)
            self._begun["anew"] = True
            if self.dialog:
                st.rerun(scope="fragment")
            page.flash(CONFLICT_MESSAGE, good=False)
        except Refusal as refusal:
            if self.dialog:
                page.show_refusal(refusal)
                return
            page.flash(refusal.sentence, good=False)
        else:
            reset(self.name)
            page.flash(done)
        st.rerun()

    def _key(self, field: str) -> str:
        return f"form-{self.name}-{field}-{self.round}"


def reset(name: str) -> None:
    """Let the form of that name begin anew, when it is opened."""
    st.session_state.pop(_STARTED + name, None)
    st.session_state[_ROUND + name] = st.session_state.get(_ROUND + name, 0) + 1
