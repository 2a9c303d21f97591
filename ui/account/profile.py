"""The parts of the profile: what a role permits, password, second factor, API tokens."""

from collections.abc import Mapping

import segno
import streamlit as st

from db.vocabulary import Permission, Scope
from lib.access import roles
from lib.access.gate import Actor
from lib.identity import api_tokens as identity_api_tokens
from lib.identity import second_factor as identity_second_factor
from lib.people import accounts
from ui.shared import formatting, page
from ui.shared.tables import show_table

SCOPE_LABELS = {Scope.OWN: "Your own", Scope.TEAM: "Your teams'", Scope.ALL: "Everyone's"}
TOKEN_SCOPE_LABELS = {
    "read": "Read tickets",
    "write": "Read and change tickets",
    "admin": "Everything I can do",
}
TOKEN_LIFETIMES = {30: "30 days", 90: "90 days", 365: "1 year", None: "Never"}


def show_permissions(scopes: Mapping[Permission, Scope]) -> None:
    """List what a role permits and how far."""
    granted = {p: s for p, s in sorted(scopes.items()) if s and p not in roles.PLANNED}
    show_table(
        {
            "You can": [roles.DESCRIPTIONS[p] for p in granted],
            "Scope": [SCOPE_LABELS[s] for s in granted.values()],
            "Permission": [p.value for p in granted],
        },
        label="Permissions",
    )


def show_password_form(me: Actor) -> None:
    """Let a person change their password; other browsers are signed out."""
    st.subheader("Password", anchor=False)
    with st.form("password", clear_on_submit=True):
        current = st.text_input("Current password", type="password", autocomplete="current-password")
        new = st.text_input("New password", type="password", autocomplete="new-password")
        sent = st.form_submit_button("Change password")
    if sent:
        with page.attempt("Password changed. Your other browsers are signed out.") as session:
            accounts.change_password(session, me, current=current, new=new)


def show_second_factor(me: Actor, *, on: bool) -> None:
    """Let a person switch the second factor on, with a QR code, or off."""
    st.subheader("Second factor", anchor=False)
    if on:
        st.write("At every sign-in you are asked for a code from your authenticator app.")
        with st.popover("Turn off"), st.form("factor_off", border=False, clear_on_submit=True):
            typed = st.text_input("Your password", type="password", autocomplete="current-password")
            if st.form_submit_button("Turn off"):
                with page.attempt("The second factor is off.") as session:
                    identity_second_factor.switch_off(session, me, password=typed)
        return
    st.write("A code from an authenticator app protects your account even if somebody learns your password.")
    with st.popover("Turn on", icon=":material/qr_code_2:"):
        secret = st.session_state.setdefault("_proposed", identity_second_factor.generate_secret())
        st.write("Scan this with your authenticator app, then type the code it shows.")
        code = segno.make(identity_second_factor.provisioning_uri(me, secret))
        st.image(code.svg_data_uri(scale=5, border=4, light="#fff"), alt="QR code")
        st.caption(f"Or type this into the app: `{secret}`")
        with st.form("factor_on", border=False, clear_on_submit=True):
            code = st.text_input("Code", max_chars=12, autocomplete="one-time-code")
            if st.form_submit_button("Turn on", type="primary"):
                with page.attempt("The second factor is on.") as session:
                    identity_second_factor.switch_on(session, me, secret=secret, code=code)


def show_api_tokens(me: Actor) -> None:
    """Let a person make API tokens, each shown once, and revoke them."""
    made = st.session_state.pop("_made_token", None)
    if made:
        st.success("Copy your new token now. It won't be shown again.", icon=":material/key:")
        st.code(made, language=None)
    with st.form(page.form_key("token")):
        name = st.text_input("Token name", max_chars=80, placeholder="Backup script")
        scope = st.selectbox("Access", identity_api_tokens.SCOPES, format_func=TOKEN_SCOPE_LABELS.__getitem__)
        days = st.selectbox(
            "Expires after", list(TOKEN_LIFETIMES), index=1, format_func=TOKEN_LIFETIMES.__getitem__
        )
        sent = st.form_submit_button("Create token")
    if sent:
        with page.attempt(form="token") as session:
            st.session_state["_made_token"] = identity_api_tokens.create(
                session, me, name=name, scope=scope, days=days
            )[1]
    with page.see() as session:
        mine = identity_api_tokens.list_own(session, me)
    for token in mine:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            used = f"last used {formatting.format_relative(token.used_at)}" if token.used_at else "never used"
            st.write(
                f"{formatting.escape_markdown(token.name)}  \n:gray[{token.prefix}… · {token.scope} · {used}]"
            )
            if st.button("Revoke", key=f"revoke-{token.id}", icon=":material/delete:"):
                with page.attempt("The token no longer works.") as session:
                    identity_api_tokens.revoke(session, me, token.id)
