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
from ui.shared.forms import Editing

_LINK = "_password_link"


def link_made() -> None:
    """Show a link that was just made; it is shown this once."""
    made = st.session_state.pop(_LINK, None)
    if made:
        name, link = made
        st.success(
            f"Give this link to {formatting.plain(name)}. It works once and is not shown again.",
            icon=":material/link:",
        )
        st.code(link, language=None)


def _give_link(session: Session, me: Actor, person: Person, *, invitation: bool = False) -> None:
    """Let a person have a link to set a password: by mail where that is set up, else through whoever asks for it."""
    if account_emails.mailed():
        account_emails.send(session, me, person, invitation=invitation)
    else:
        secret = accounts.link(session, me, person, invitation=invitation)
        st.session_state[_LINK] = (person.name, accounts.password_address(secret))


@st.dialog("Invite somebody")
def invite() -> None:
    """Ask for name, address, role and teams, and make an invitation link."""
    me = page.me()
    with page.see() as session:
        grantable = {r.id: r for r in roles.every(session) if roles.grantable(me, r)}
        places = {t.id: t.name for t in teams.every(session, me) if _may_place(me, t.id)}
    with st.form("invite", border=False):
        name = st.text_input("Name", max_chars=120)
        email = st.text_input("E-mail", max_chars=254)
        role = st.selectbox("Role", list(grantable), format_func=lambda id: grantable[id].name.capitalize())
        chosen = st.multiselect("Teams", list(places), format_func=places.__getitem__)
        sent = st.form_submit_button("Invite", type="primary")
    if sent:
        try:
            with page.act() as session:
                person = accounts.invite(
                    session, me, email=email, name=name, role=grantable[role], teams=chosen
                )
                _give_link(session, me, person, invitation=True)
        except Refusal as refusal:
            page.refused(refusal)
        else:
            if account_emails.mailed():
                page.tell(f"The invitation is on its way to {person.email}.")
            st.rerun()


def described(person: PersonCard) -> str:
    """Return a person in Markdown: name, what is special, address, role and teams."""
    state = (
        ":orange-badge[Disabled]" if not person.active else ":blue-badge[Invited]" if person.invited else ""
    )
    facts = (person.email or "", person.role or "", ", ".join(person.teams) or "no team")
    return f"**{formatting.plain(person.name)}** {state}  \n:gray[{' · '.join(formatting.plain(f) for f in facts)}]"


def _may_place(me: Actor, team_id: int) -> bool:
    return me.may(Permission.TEAM_MANAGE, least=Scope.ALL) or team_id in me.teams


def _readdressed(person: PersonCard) -> str:
    """Say what another address does to a person's access."""
    if person.invited:
        return (
            "They get a new invitation."
            if account_emails.mailed()
            else "Then make a new link: the old one ends."
        )
    ended = "They are signed out everywhere, and their API tokens end."
    return f"{ended} Docket emails the old address." if account_emails.mailed() else ended


def _link_named(person: PersonCard) -> tuple[str, str]:
    """Return what the button for a password link says, and what is said when the link was emailed."""
    if account_emails.mailed():
        what = "Resend invitation" if person.invited else "Email password link"
        return what, f"Email is on its way to {person.email}."
    return "Create invitation link" if person.invited else "Create password link", ""


@st.dialog("Change a person")
def change(person_id: int) -> None:
    """Change role, teams and access of one person."""
    me = page.me()
    with page.see() as session:
        person = accounts.show(session, me, person_id)
        grantable = {r.name: r for r in roles.every(session) if roles.grantable(me, r)}
        places = {t.name: t.id for t in teams.every(session, me) if _may_place(me, t.id)}
    form = Editing(f"person-{person_id}", person.version or 1, dialog=True)
    name = st.text_input("Name", max_chars=120, key=form.field("name", person.name))
    email = st.text_input("E-mail", max_chars=254, key=form.field("email", person.email or ""))
    if email.strip().lower() != person.email:
        st.caption(_readdressed(person))
    names = list(grantable)
    now = person.role if person.role in names else None
    role = st.selectbox("Role", names, index=None, key=form.field("role", now))
    chosen = st.multiselect(
        "Teams", list(places), key=form.field("teams", [t for t in person.teams if t in places])
    )
    form.tell()
    if st.button("Save", type="primary"):
        with form.save("Saved.") as session:
            found = accounts.find(session, me, person_id)
            found.must_be(form.seen)
            accounts.rename(session, me, found, name=name)
            account_emails.readdress(session, me, found, email=email)
            if role and role != person.role:
                accounts.give_role(session, me, found, role=grantable[role])
            for place, team_id in places.items():
                deed = teams.add if place in chosen else teams.remove
                if (place in chosen) != (place in person.teams):
                    deed(session, me, teams.find(session, team_id), found)
    with st.container(horizontal=True):
        linkable = person.active and (person.invited or me.may(Permission.USER_MANAGE, least=Scope.ALL))
        label, told = _link_named(person)
        if linkable and st.button(label, icon=":material/link:"):
            with page.attempt(told) as session:
                found = accounts.find(session, me, person_id)
                _give_link(session, me, found, invitation=found.password_hash is None)
        if person.active:
            removal.person(person_id, person.name)
        elif st.button("Enable", icon=":material/person:"):
            with page.attempt("Enabled.") as session:
                accounts.enable(session, me, accounts.find(session, me, person_id))
    if person.teams:
        with st.expander("Skills and absences", icon=":material/school:"):
            skills.skilled(me, person_id)
