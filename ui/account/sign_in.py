"""Signing in: streamlit-authenticator's form and flow, with Docket's own verification, sessions and cookie.

The library's constructor is left out because it mounts a script-written cookie. Its controller is replaced, so that
passwords are verified as typed, tries are counted in the database, and success yields a one-time ticket, which the
browser exchanges for an HttpOnly cookie. From then on the cookie alone says who is here.
"""

from typing import Any

import streamlit as st
from streamlit_authenticator import Authenticate

from db.models import Person
from db.vocabulary import Action, Purpose
from lib.access.gate import Actor
from lib.audit import events
from lib.core.errors import Invalid, Refusal
from lib.identity import login_attempts, one_time_tokens, passwords, second_factor
from lib.notifications import account_emails
from lib.people import accounts
from ui.components.session_handoff import handoff
from ui.shared import page
from ui.shell import layout

WRONG_CREDENTIALS = "Wrong email address or password. Check both and try again."
FIELD_LABELS = {
    "Form name": "Sign in to Docket",
    "Username": "Email",
    "Password": "Password",
    "Login": "Sign in",
}
_TICKET, _SECOND_FACTOR, _ERROR = "_ticket", "_second_factor", "_sign_in_error"


class _Controller:
    """Verifies in place of the library's controller; the second factor, if any, is asked by `show`."""

    def login(self, username: str | None = None, password: str | None = None, *_: Any, **__: Any) -> bool:
        """Verify a person as typed: same answer and same work for those who exist and those who don't."""
        if not username or not password:
            return False
        email = username.strip().lower()
        try:
            with page.act() as session:
                login_attempts.record(session, email, address=page.client_address())
        except Refusal as refusal:
            st.session_state[_ERROR] = refusal.sentence
            return False
        with page.see() as session:
            person = accounts.find_by_email(session, email)
        good = passwords.verify(password, against=person.password_hash if person and person.active else None)
        if not good or person is None:
            _record_failure(None)
            return False
        _accept_password(person, password)
        return True


class _NoCookie:
    """Stands where the library keeps its cookie; Docket's is set by a route, out of reach of scripts."""

    def get_cookie(self) -> None:
        """Know nobody: identity is not the library's business."""

    def set_cookie(self) -> None:
        """Set nothing: the hand-off does."""

    def delete_cookie(self) -> None:
        """Delete nothing: the route does."""


class _Form(Authenticate):
    def __init__(self) -> None:
        self.api_key = self.path = None
        self.attrs = {"login_sleep_time": 0}
        self.cookie_controller = _NoCookie()
        self.authentication_controller = _Controller()


def _record_failure(person: Person | None) -> None:
    by = Actor(id=person.id if person else None, name="", role="", scopes={}, address=page.client_address())
    with page.act() as session:
        events.record(session, by, Action.SIGN_IN_FAILED)
    st.session_state[_ERROR] = WRONG_CREDENTIALS


def _accept_password(person: Person, password: str) -> None:
    st.session_state.pop(_ERROR, None)
    purpose = Purpose.SECOND_FACTOR if person.totp_secret else Purpose.HANDOFF
    with page.act() as session:
        login_attempts.clear(session, person.email)
        accounts.rehash_password(session, person, password)
        st.session_state[_SECOND_FACTOR if person.totp_secret else _TICKET] = one_time_tokens.create(
            session, purpose, person_id=person.id
        )


def show() -> None:
    """Show the sign-in form, or what comes after it."""
    if _TICKET in st.session_state:
        handoff(st.session_state.pop(_TICKET), action="sign_in", then=page.current_url())
        return
    with layout.narrow_column("sign_in"):
        if _SECOND_FACTOR in st.session_state:
            _show_second_factor_form()
        else:
            slot = st.empty()
            with slot.container():
                _Form().login(fields=FIELD_LABELS)
                _show_reset_link_form()
            if _TICKET in st.session_state or _SECOND_FACTOR in st.session_state:
                slot.empty()
                st.rerun()
        if error := st.session_state.pop(_ERROR, None):
            st.error(error, icon=":material/lock:")


def _show_reset_link_form() -> None:
    if not account_emails.is_enabled():
        st.caption("No account or forgot your password? Ask your administrator for a link.")
        return
    with st.expander("Forgot your password?"), st.form("forgotten", border=False):
        email = st.text_input("Email of your account", max_chars=254, autocomplete="email")
        if st.form_submit_button("Email me a link") and email.strip():
            _request_reset_link(email)


def _request_reset_link(email: str) -> None:
    """Answer the same, whether or not there is such an account."""
    try:
        with page.act() as session:
            login_attempts.record(
                session, f"forgotten:{email.strip().lower()}", address=page.client_address()
            )
        with page.act() as session:
            account_emails.send_forgotten_password_link(session, email, address=page.client_address())
    except Refusal as refusal:
        st.error(refusal.sentence, icon=":material/lock:")
    else:
        st.success("If this address has an account, we sent it a link. The link works for 30 minutes.")


def _show_second_factor_form() -> None:
    with st.form("second_factor"):
        st.subheader("Enter your code")
        code = st.text_input("Code from your authenticator app", max_chars=12, autocomplete="one-time-code")
        sent = st.form_submit_button("Sign in", type="primary")
    if st.button("Cancel", type="tertiary"):
        st.session_state.pop(_SECOND_FACTOR, None)
        st.rerun()
    if sent:
        try:
            st.session_state[_TICKET] = _verify_code(st.session_state[_SECOND_FACTOR], code)
        except Refusal as refusal:
            st.session_state[_ERROR] = refusal.sentence
        else:
            st.session_state.pop(_SECOND_FACTOR, None)
        st.rerun()


def _verify_code(secret: str, code: str) -> str:
    with page.see() as session:
        row = one_time_tokens.peek(session, Purpose.SECOND_FACTOR, secret)
    if row is None:
        st.session_state.pop(_SECOND_FACTOR, None)
        raise Invalid("That took too long. Sign in again.")
    with page.act() as session:
        login_attempts.record(session, f"code:{row.person_id}", address=page.client_address())
    with page.act() as session:
        person = session.get_one(Person, row.person_id)
        good = person.active and second_factor.verify(session, person, code)
    if not good:
        _record_failure(person)
        raise Invalid("That code is wrong or already used. Wait for the next one and try again.")
    with page.act() as session:
        login_attempts.clear(session, f"code:{row.person_id}")
        one_time_tokens.redeem(session, Purpose.SECOND_FACTOR, secret)
        return one_time_tokens.create(session, Purpose.HANDOFF, person_id=row.person_id)
