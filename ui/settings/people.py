"""Dialogs with which people are invited and changed."""

import streamlit as st

from db.vocabulary import Permission, Scope
from lib.access import roles
from lib.access.gate import Actor
from lib.core.errors import Refusal
from lib.notifications import account_emails
from lib.people import accounts, teams
from lib.people.accounts import Person, PersonCard
from lib.transactions import Session
from ui.account import skills
from ui.settings import removal
from ui.shared import formatting, page
from ui.shared.forms import EditForm

_NEW_LINK = "_password_link"


def show_new_link() -> None:
    """Show a link that was just made; it is shown this once."""
    made = st.session_state.pop(_NEW_LINK, None)
    if made:
        name, link = made
        st.success(
            f"Send this link to {formatting.escape_markdown(name)}. It works once and won't be shown again.",
            icon=":material/link:",
        )
        st.code(link, language=None)


def _send_or_keep_link(session: Session, me: Actor, person: Person, *, invitation: bool = False) -> None:
    """Create a link to set a password, and email it if email is set up, or else show it to the administrator."""
    if account_emails.is_enabled():
        account_emails.send_password_link(session, me, person, invitation=invitation)
    else:
        secret = accounts.create_password_secret(session, me, person, invitation=invitation)
        st.session_state[_NEW_LINK] = (person.name, accounts.build_password_url(secret))


@st.dialog("Invite a person")
def show_invite_dialog() -> None:
    """Ask for name, address, role and teams, and make an invitation link."""
    me = page.me()
    with page.see() as session:
        grantable = {r.id: r for r in roles.list_all(session) if roles.can_grant(me, r)}
        places = {t.id: t.name for t in teams.list_all(session, me) if _can_assign_team(me, t.id)}
    with st.form("invite", border=False):
        name = st.text_input("Name", max_chars=120)
        email = st.text_input("Email", max_chars=254)
        role = st.selectbox("Role", list(grantable), format_func=lambda id: grantable[id].name.capitalize())
        chosen = st.multiselect("Teams", list(places), format_func=places.__getitem__)
        sent = st.form_submit_button("Invite", type="primary")
    if sent:
        try:
            with page.act() as session:
                person = accounts.invite(
                    session, me, email=email, name=name, role=grantable[role], teams=chosen
                )
                _send_or_keep_link(session, me, person, invitation=True)
        except Refusal as refusal:
            page.show_refusal(refusal)
        else:
            if account_emails.is_enabled():
                page.flash(f"Invitation sent to {person.email}.")
            st.rerun()


def format_person(person: PersonCard) -> str:
    """Return a person in Markdown: name, what is special, address, role and teams."""
    state = (
        ":orange-badge[Disabled]" if not person.active else ":blue-badge[Invited]" if person.invited else ""
    )
    facts = (person.email or "", person.role or "", ", ".join(person.teams) or "no team")
    told = " · ".join(formatting.escape_markdown(fact) for fact in facts)
    return f"**{formatting.escape_markdown(person.name)}** {state}  \n:gray[{told}]"


def _can_assign_team(me: Actor, team_id: int) -> bool:
    return me.may(Permission.TEAM_MANAGE, least=Scope.ALL) or team_id in me.teams


def _format_address_warning(person: PersonCard) -> str:
    """Say what another address does to a person's access."""
    if person.invited:
        return (
            "Sends a new invitation."
            if account_emails.is_enabled()
            else "Create a new link afterwards. The old link stops working."
        )
    ended = "The person is signed out everywhere, and their API tokens stop working."
    return f"{ended} Docket emails the old address." if account_emails.is_enabled() else ended


def _choose_link_labels(person: PersonCard) -> tuple[str, str]:
    """Return what the button for a password link says, and what is said when the link was emailed."""
    if account_emails.is_enabled():
        what = "Resend invitation" if person.invited else "Email password link"
        return what, f"Email sent to {person.email}."
    return "Create invitation link" if person.invited else "Create password link", ""


@st.dialog("Edit person")
def show_edit_dialog(person_id: int) -> None:
    """Change role, teams and access of one person."""
    me = page.me()
    with page.see() as session:
        person = accounts.get_card(session, me, person_id)
        grantable = {r.name: r for r in roles.list_all(session) if roles.can_grant(me, r)}
        places = {t.name: t.id for t in teams.list_all(session, me) if _can_assign_team(me, t.id)}
    form = EditForm(f"person-{person_id}", person.version or 1, dialog=True)
    name = st.text_input("Name", max_chars=120, key=form.field("name", person.name))
    email = st.text_input("Email", max_chars=254, key=form.field("email", person.email or ""))
    if email.strip().lower() != person.email:
        st.caption(_format_address_warning(person))
    names = list(grantable)
    now = person.role if person.role in names else None
    role = st.selectbox("Role", names, index=None, key=form.field("role", now))
    chosen = st.multiselect(
        "Teams", list(places), key=form.field("teams", [t for t in person.teams if t in places])
    )
    form.tell()
    if st.button("Save", type="primary"):
        with form.save("Saved.") as session:
            found = accounts.get(session, me, person_id)
            found.must_be(form.seen)
            accounts.rename(session, me, found, name=name)
            account_emails.change_email(session, me, found, email=email)
            if role and role != person.role:
                accounts.change_role(session, me, found, role=grantable[role])
            for place, team_id in places.items():
                deed = teams.add_member if place in chosen else teams.remove_member
                if (place in chosen) != (place in person.teams):
                    deed(session, me, teams.get(session, team_id), found)
    with st.container(horizontal=True):
        linkable = person.active and (person.invited or me.may(Permission.USER_MANAGE, least=Scope.ALL))
        label, told = _choose_link_labels(person)
        if linkable and st.button(label, icon=":material/link:"):
            with page.attempt(told) as session:
                found = accounts.get(session, me, person_id)
                _send_or_keep_link(session, me, found, invitation=found.password_hash is None)
        if person.active:
            removal.show_disable_person(person_id, person.name)
        elif st.button("Enable", icon=":material/person:"):
            with page.attempt("Person enabled.") as session:
                accounts.enable(session, me, accounts.get(session, me, person_id))
    if person.teams:
        with st.expander("Skills and absences", icon=":material/school:"):
            skills.show_skills_and_absences(me, person_id)
