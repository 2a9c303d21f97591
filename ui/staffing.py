"""Dialogs with which people are invited and changed."""

from collections.abc import Set

import streamlit as st

from db.vocabulary import Permission, Scope
from lib.errors import Refusal
from lib.gate import Actor
from lib.notices import account
from lib.people import accounts, roles, teams
from lib.people.accounts import Person, PersonCard
from lib.transactions import Session
from ui import page, words, work

_LINK = "_password_link"


def link_made() -> None:
    """Show a link that was just made; it is shown this once."""
    made = st.session_state.pop(_LINK, None)
    if made:
        name, link = made
        st.success(
            f"Give this link to {words.plain(name)}. It works once and is not shown again.",
            icon=":material/link:",
        )
        st.code(link, language=None)


def _give_link(session: Session, me: Actor, person: Person, *, invitation: bool = False) -> None:
    """Let a person have a link to set a password: by mail where that is set up, else through whoever asks for it."""
    if account.mailed():
        account.send(session, me, person, invitation=invitation)
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
            if account.mailed():
                page.tell(f"The invitation is on its way to {person.email}.")
            st.rerun()


def described(person: PersonCard) -> str:
    """Return a person in Markdown: name, what is special, address, role and teams."""
    state = (
        ":orange-badge[Disabled]" if not person.active else ":blue-badge[Invited]" if person.invited else ""
    )
    facts = (person.email or "", person.role or "", ", ".join(person.teams) or "no team")
    return f"**{words.plain(person.name)}** {state}  \n:gray[{' · '.join(words.plain(f) for f in facts)}]"


def changeable(me: Actor, person: PersonCard, grantable: Set[str], own_teams: Set[str]) -> bool:
    """Tell whether to offer a change of this person; the verbs decide for themselves."""
    if person.id == me.id or me.may(Permission.USER_MANAGE, least=Scope.ALL):
        return person.id != me.id
    return person.role in grantable and not own_teams.isdisjoint(person.teams)


def _may_place(me: Actor, team_id: int) -> bool:
    return me.may(Permission.TEAM_MANAGE, least=Scope.ALL) or team_id in me.teams


@st.dialog("Change a person")
def change(person_id: int) -> None:
    """Change role, teams and access of one person."""
    me = page.me()
    with page.see() as session:
        person = accounts.show(session, me, person_id)
        grantable = {r.name: r for r in roles.every(session) if roles.grantable(me, r)}
        places = {t.name: t.id for t in teams.every(session, me) if _may_place(me, t.id)}
    st.markdown(f"**{words.plain(person.name)}** :gray[{words.plain(person.email or '')}]")
    names = list(grantable)
    role = st.selectbox("Role", names, index=names.index(person.role) if person.role in names else None)
    chosen = st.multiselect("Teams", list(places), default=[t for t in person.teams if t in places])
    if st.button("Save", type="primary"):
        with page.attempt("Saved.") as session:
            found = accounts.find(session, me, person_id)
            if role and role != person.role:
                accounts.give_role(session, me, found, role=grantable[role])
            for name, team_id in places.items():
                deed = teams.add if name in chosen else teams.remove
                if (name in chosen) != (name in person.teams):
                    deed(session, me, teams.find(session, team_id), found)
    with st.container(horizontal=True):
        label, told = ("Mail a password link", "Mailed.") if account.mailed() else ("Make password link", "")
        if person.active and st.button(label, icon=":material/link:"):
            with page.attempt(told) as session:
                found = accounts.find(session, me, person_id)
                _give_link(session, me, found, invitation=found.password_hash is None)
        label, verb = ("Disable", accounts.disable) if person.active else ("Enable", accounts.enable)
        if st.button(label, icon=":material/person_off:" if person.active else ":material/person:"):
            with page.attempt(f"{label}d.") as session:
                verb(session, me, accounts.find(session, me, person_id))
    if person.teams:
        with st.expander("Skills and absences", icon=":material/school:"):
            work.skilled(me, person_id)
