"""Your profile: name, skills, permissions, password, second factor, signed-in browsers and API tokens."""

import streamlit as st

from db.vocabulary import Permission
from lib.access import roles
from lib.identity import sessions
from lib.people import accounts, teams
from ui.account import profile, skills
from ui.shared import formatting, page
from ui.shell import layout

me = page.me()
with page.see() as session:
    own = accounts.get(session, me, me.person_id)
    role = roles.get(session, own.role_id)
    places = [t.name for t in teams.list_all(session, me) if t.id in me.teams]
    browsers = sessions.list_own(session, me)
    keeps = me.staff and accounts.can_edit_skills_and_absences(session, me, own)

layout.show_header("Profile", actor=me)
st.caption(
    f"{formatting.escape_markdown(me.email)} · {formatting.escape_markdown(role.name)} · "
    f"{formatting.escape_markdown(', '.join(places)) or 'no team'}"
)

who, what, safety, tokens = st.tabs(["You", "Permissions", "Sign-in and security", "API tokens"])

with who:
    with st.form("name", border=False):
        name = st.text_input("Name", own.name, max_chars=120, autocomplete="name")
        if st.form_submit_button("Save name"):
            with page.attempt("Name saved.") as session:
                accounts.rename(session, me, accounts.get(session, me, me.person_id), name=name)
    if keeps:
        st.subheader("Skills and absences", anchor=False)
        skills.show_skills_and_absences(me, me.person_id)

with what:
    st.write(f"Your role is **{formatting.escape_markdown(role.name)}**. It lets you:")
    profile.show_permissions(role.scopes)

with safety:
    profile.show_password_form(me)
    profile.show_second_factor(me, on=own.totp_secret is not None)
    st.subheader("Signed-in browsers", anchor=False)
    for browser in browsers:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            mark = " (this one)" if browser.here else ""
            used = formatting.format_relative(browser.seen_at)
            told = f"{formatting.escape_markdown(browser.address)}, last used {used}"
            st.write(f"{formatting.escape_markdown(browser.browser)}{mark}  \n:gray[{told}]")
            if not browser.here and st.button(
                "End session", key=f"end-{browser.id}", icon=":material/logout:"
            ):
                with page.attempt("Session ended.") as session:
                    sessions.revoke(session, me, browser.id)

with tokens:
    if me.may(Permission.APIKEY_OWN):
        profile.show_api_tokens(me)
    else:
        st.info("Your role can't create API tokens.", icon=":material/key_off:")
