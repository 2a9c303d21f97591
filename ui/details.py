"""The facts of a ticket beside its conversation, each changed where it stands by those who may."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from db.models import Ticket
from db.vocabulary import FieldKind, Kind, Permission, Priority
from lib import gate
from lib.desk import (
    assignees,
    categories,
    comments,
    duplicates,
    links,
    proposals,
    statuses,
    tags,
    tickets,
    values,
    workflow,
)
from lib.desk.assignees import Candidate
from lib.desk.comments import CommentCard
from lib.desk.conversation import Thread
from lib.desk.links import LinkCard
from lib.desk.listing import TicketRow
from lib.errors import Conflict, Refusal
from lib.gate import Actor
from lib.insight import courses
from lib.insight.courses import Course
from lib.people import accounts, teams
from lib.transactions import Session
from ui import assigning, conversation, fields, following, page, staying, timing, words

LARGEST = 2**31 - 1
OFFERED = (
    Permission.TICKET_ASSIGN_OTHER, Permission.TICKET_CLAIM, Permission.TICKET_CLOSE, Permission.TICKET_MERGE,
    Permission.TICKET_TRANSITION, Permission.TICKET_UPDATE,
)  # fmt: skip
_PRESSED, _EDITING = "_pressed", "_editing"


@dataclass(frozen=True)
class Choices:
    """What may be chosen for a ticket, and which of its facts the person may change."""

    statuses: Mapping[int, statuses.StatusCard]
    categories: Mapping[int, str]
    teams: Mapping[int, str]
    candidates: tuple[Candidate, ...]
    takes: bool
    proposed: str | None
    following: following.Following
    tags: tuple[str, ...]
    known_tags: tuple[str, ...]
    held: tuple[values.Held, ...]
    people: Mapping[int, str]
    may: frozenset[Permission]
    targets: Collection[int]
    asks: Collection[int]
    linked: tuple[LinkCard, ...]
    obstacle: str | None
    works: bool
    times: timing.Times
    course: Course | None


def choices(session: Session, me: Actor, ticket: Ticket) -> Choices:
    """Read what the panel offers."""
    whole = ticket.merged_into_id is None
    held = tuple(values.of(session, me, ticket))
    asks_people = any(h.writable and h.field.kind == FieldKind.PERSON for h in held)
    may = frozenset(p for p in OFFERED if whole and gate.covers(session, me, p, ticket))
    assigns = Permission.TICKET_ASSIGN_OTHER in may
    stored = {s.id or 0: s for s in statuses.used(session)}
    here = ticket.status_id
    return Choices(
        statuses={id: statuses.card(s) for id, s in stored.items()},
        categories={c.id: c.path for c in categories.every(session)} if me.staff else {},
        teams={t.id: t.name for t in teams.every(session, me)} if me.staff else {},
        candidates=tuple(assignees.of(session, me, ticket)) if assigns else (),
        takes=Permission.TICKET_CLAIM in may and me.id in assignees.working(session, ticket.team_id),
        proposed=proposals.of(session, me, ticket),
        following=following.read(session, me, ticket),
        tags=tuple(tickets.tags_of(session, ticket)),
        held=held,
        people={p.id: p.name for p in accounts.directory(session, me, limit=500)} if asks_people else {},
        known_tags=tuple(tags.names(session, me)) if me.staff else (),
        may=may,
        targets=workflow.targets(session, me, stored).get(here, []),
        asks=[to for was, to in workflow.asking(session, me, stored) if was == here],
        linked=tuple(links.of(session, me, ticket)),
        obstacle=links.obstacle(session, me, ticket) if ticket.open else None,
        works=whole and gate.works(me, Permission.TICKET_UPDATE, ticket),
        times=timing.read(session, me, ticket),
        course=courses.of(session, me, ticket) if me.staff else None,
    )


def panel(me: Actor, facts: TicketRow, offered: Choices) -> None:
    """Show the facts, and let the person change what they may."""
    change = _Changer(me, facts)
    change.meet()
    _status(change, facts, offered)
    assigning.panel(change, me, facts, offered)
    if offered.works:
        _staff_facts(change, facts, offered)
    _fields(change, facts, offered)
    conversation.panel(_fixed(facts, offered, all_of_them=not offered.works))
    if Permission.TICKET_UPDATE in offered.may and (offered.works or facts.first_response_at is None):
        _edit(change)
    following.panel(me, facts.number, offered.following)
    timing.panel(me, facts.number, offered.times)
    if offered.course:
        staying.strip(offered.course, key=f"course-{facts.number}")


def _fixed(facts: TicketRow, offered: Choices, *, all_of_them: bool) -> dict[str, str]:
    """Return the facts that are only shown: by name, in order, without empty ones."""
    shown = {
        "Assigned to": ""
        if Permission.TICKET_ASSIGN_OTHER in offered.may
        else facts.assignee or "nobody yet",
        "Category": (facts.category or "none") if all_of_them else "",
        "Proposed category": offered.proposed or "",
        "Team": facts.team if all_of_them else "",
        "Asked by": facts.requester,
        "In copy": ", ".join(offered.following.copied.values()),
        "Opened": words.when(facts.created_at),
        "Updated": words.when(facts.updated_at),
        "Resolved": words.when(facts.resolved_at) if facts.resolved_at else "",
        "Due": facts.due_on.isoformat() if facts.due_on and all_of_them else "",
        "Tags": ", ".join(offered.tags) if all_of_them else "",
        **{h.field.name: h.shown for h in offered.held if not h.writable},
    }
    return {name: value for name, value in shown.items() if value}


@dataclass(frozen=True)
class _Changer:
    """Changes one fact of a ticket as the person sees it, in a transaction of its own."""

    me: Actor
    facts: TicketRow

    def __call__(self, done: str, verb: Callable[..., None], **what: Any) -> None:
        with page.attempt(done) as session:
            me = page.me()
            ticket = tickets.find(session, me, self.facts.number, to_change=True)
            verb(session, me, ticket, seen=self.facts.version, **what)

    def meet(self) -> None:
        """Refuse what was pressed or chosen on an earlier version: its button or choice may be gone by now."""
        number, seen = st.session_state.pop(_PRESSED, (None, None))
        if number == self.facts.number and seen != self.facts.version:
            with page.attempt() as session:
                tickets.find(session, page.me(), number).must_be(seen)

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


def _status(change: _Changer, facts: TicketRow, offered: Choices) -> None:
    if Permission.TICKET_TRANSITION in offered.may:
        names = {
            id: s.name for id, s in offered.statuses.items() if id in (facts.status_id, *offered.targets)
        }
        chosen = change.choose("Status", names, facts.status_id, "status")
        if chosen and _copies(offered) and _completes(offered.statuses[chosen]):
            _finish(change, chosen, names[chosen], _copies(offered), asks=chosen in offered.asks)
        elif chosen in offered.asks:
            _why(change, chosen, names[chosen])
        elif chosen is not None:
            change(f"Moved to {names[chosen]}.", _move, to=chosen)
    elif Permission.TICKET_CLOSE in offered.may:
        done = [s for s in offered.statuses.values() if s.kind == Kind.DONE and s.counts]
        begin = next(iter(offered.statuses.values()))
        if facts.kind == Kind.DONE:
            if change.press("Reopen", icon=":material/undo:"):
                change("It is open again.", _move, to=begin.id)
        elif done and change.press("This is solved", icon=":material/check:"):
            change("Thank you. It is completed.", _move, to=done[0].id)


@st.dialog("Why?", on_dismiss=page.fall_back)
def _why(change: "_Changer", to: int, name: str) -> None:
    me = page.me()
    with st.form(f"why-{me.id}", border=False):
        reason = st.text_input(f"Please say why you move it to {name}", max_chars=500)
        st.caption("Everybody who sees the ticket can read it in the history.")
        if st.form_submit_button("Move it", type="primary"):
            change(f"Moved to {name}.", _move, to=to, reason=reason)


def _copies(offered: Choices) -> list[LinkCard]:
    return [card for card in offered.linked if card.name == "duplicated_by" and card.open]


def _completes(status: statuses.StatusCard) -> bool:
    return status.kind == Kind.DONE and status.counts


@st.dialog("Complete it with its duplicates?", on_dismiss=page.fall_back)
def _finish(change: "_Changer", to: int, name: str, copies: list[LinkCard], *, asks: bool) -> None:
    me = page.me()
    with st.form(f"finish-{me.id}", border=False):
        reason = st.text_input(f"Please say why you move it to {name}", max_chars=500) if asks else ""
        together = st.checkbox(
            f"Complete {_numbers(copies)} as well",
            value=True,
            help="Those that can't be are named and stay open.",
        )
        answer = st.text_area(
            "Answer", height=120, placeholder="A public reply on each of them; leave it empty for none"
        )
        if st.form_submit_button(f"Move to {name}", type="primary", icon=":material/check:"):
            _finished(change, to, name, reason=reason, answer=answer, together=together)


def _numbers(copies: Sequence[LinkCard]) -> str:
    numbers = [f"#{card.number}" for card in copies]
    return f"its duplicate {numbers[0]}" if len(numbers) == 1 else f"its duplicates {', '.join(numbers)}"


def _finished(change: "_Changer", to: int, name: str, *, reason: str, answer: str, together: bool) -> None:
    with page.attempt() as session:
        me, number, seen = page.me(), change.facts.number, change.facts.version
        status = statuses.find(session, to)
        if together:
            _ticket, left = duplicates.complete(
                session, me, number, to=status, seen=seen, reason=reason, answer=answer
            )
            stay = " ".join(each.why for each in left)
            page.tell(
                f"Moved to {name}. {stay}" if left else f"Moved to {name}, duplicates too.", good=not left
            )
        else:
            ticket = tickets.find(session, me, number, to_change=True)
            ticket.must_be(seen)
            if answer.strip():
                comments.add(session, me, ticket, body=answer)
            tickets.move(session, me, ticket, to=status, seen=ticket.version, reason=reason)
            page.tell(f"Moved to {name}.")


def _move(session: Session, me: Actor, ticket: Ticket, *, to: int, seen: int, reason: str = "") -> None:
    tickets.move(session, me, ticket, to=statuses.find(session, to), seen=seen, reason=reason)


def _staff_facts(change: _Changer, facts: TicketRow, offered: Choices) -> None:
    levels = {p: p.label.capitalize() for p in Priority}
    if (level := change.choose("Priority", levels, facts.priority, "priority")) is not None:
        change(f"Priority is {level.label} now.", tickets.prioritize, priority=level)
    if (chosen := change.choose("Category", offered.categories, facts.category_id, "category")) is not None:
        change("Category changed.", _categorize, to=chosen)
    _schedule(change, facts)
    _tags(change, facts, offered)
    if (team := change.choose("Team", offered.teams, facts.team_id, "team")) is not None:
        change(f"Handed to {offered.teams[team]}.", _give_team, to=team)


def _fields(change: "_Changer", facts: TicketRow, offered: Choices) -> None:
    """Let the person change the desk's own fields that they may."""
    key = f"{facts.number}-{facts.version}-{page.turn()}"
    changed = fields.edit(offered.held, key=key, people=offered.people)
    if changed is not None:
        change("Saved.", values.put, given=dict([changed]))


def _tags(change: "_Changer", facts: TicketRow, offered: Choices) -> None:
    chosen = st.multiselect(
        "Tags",
        sorted({*offered.known_tags, *offered.tags}),
        offered.tags,
        key=f"tags-{facts.number}-{facts.version}-{page.turn()}",
        accept_new_options=True,
        max_selections=tickets.TAGS,
        placeholder="Choose or type",
    )
    if set(chosen) != set(offered.tags):
        change("Tagged.", tickets.tag, tags=chosen)


def _schedule(change: "_Changer", facts: TicketRow) -> None:
    chosen = st.date_input(
        "Due", facts.due_on, key=f"due-{facts.number}-{facts.version}-{page.turn()}", format="YYYY-MM-DD"
    )
    if chosen != facts.due_on:
        change("Due date set." if chosen else "Due date removed.", tickets.schedule, due_on=chosen)


def related(offered: Choices) -> None:
    """Show how the ticket stands to others."""
    if offered.obstacle:
        st.warning(f"This ticket can't be completed yet: {offered.obstacle}.", icon=":material/block:")
    conversation.linked(offered.linked)


def linker(me: Actor, facts: TicketRow, offered: Choices) -> None:
    """Let staff link the ticket to others, and unlink it."""
    if Permission.TICKET_MERGE not in offered.may:
        return
    change = _Changer(me, facts)
    with st.popover("Link to another ticket", icon=":material/add_link:", width="stretch"):
        with st.form(f"link-{facts.number}-{page.turn()}", border=False):
            name = st.selectbox("This ticket", list(links.NAMES), format_func=links.WORDS.__getitem__)
            number = st.number_input("Number of the other ticket", 1, LARGEST, None, step=1, format="%d")
            if st.form_submit_button("Link", type="primary") and number:
                change("Linked.", _link, name=name, number=int(number))
        for card in offered.linked:
            told = f"Unlink: {links.WORDS[card.name]} #{card.number}"
            if st.button(told, key=f"unlink-{card.name}-{card.number}", icon=":material/link_off:"):
                change("Unlinked.", _unlink, name=card.name, number=card.number)


def _link(session: Session, me: Actor, ticket: Ticket, *, name: str, number: int, seen: int) -> None:  # noqa: ARG001
    links.link(session, me, ticket, name=name, other=tickets.find(session, me, number))


def _unlink(session: Session, me: Actor, ticket: Ticket, *, name: str, number: int, seen: int) -> None:  # noqa: ARG001
    links.unlink(session, me, ticket, name=name, other=tickets.find(session, me, number))


def _categorize(session: Session, me: Actor, ticket: Ticket, *, to: int, seen: int) -> None:
    tickets.categorize(session, me, ticket, category=categories.find(session, to), seen=seen)


def _give_team(session: Session, me: Actor, ticket: Ticket, *, to: int, seen: int) -> None:
    tickets.give_team(session, me, ticket, team=teams.find(session, to), seen=seen)


def _edit(change: _Changer) -> None:
    here = (change.facts.number, page.visit())
    if st.button("Edit ticket", icon=":material/edit:", width="stretch"):
        st.session_state[_EDITING] = (here, change.facts.version)
    editing, opened = st.session_state.get(_EDITING, (None, 0))
    if editing == here:
        _edit_dialog(change.facts.number, opened)


def _edited() -> None:
    st.session_state.pop(_EDITING, None)


@st.dialog("Edit ticket", width="large", on_dismiss=_edited)
def _edit_dialog(number: int, opened: int) -> None:
    me = page.me()
    with page.see() as session:
        ticket = tickets.find(session, me, number)
    title = st.text_input("Title", ticket.title, max_chars=200, key=f"title-{number}-{opened}")
    text = st.text_area("Description", ticket.description, height=300, key=f"description-{number}-{opened}")
    read = f"read-{number}-{opened}"
    if st.button("Save", type="primary"):
        try:
            with page.act() as session:
                target = tickets.find(session, me, number, to_change=True)
                seen = st.session_state.get(read, opened)
                _rewrite(session, me, target, title=title, description=text, seen=seen)
        except Conflict:
            st.session_state[read] = ticket.version
            st.warning(
                "Somebody changed it while you were writing. Save again to put your text in place of this:"
            )
            st.text(f"{ticket.title}\n\n{ticket.description}".strip())
        except Refusal as refusal:
            page.refused(refusal)
        else:
            _edited()
            page.tell("Saved.")
            st.rerun()


def _rewrite(session: Session, me: Actor, ticket: Ticket, *, title: str, description: str, seen: int) -> None:
    tickets.rename(session, me, ticket, title=title, seen=seen)
    tickets.describe(session, me, ticket, description=description, seen=ticket.version)


def own_words(me: Actor, thread: Thread) -> None:
    """Let a person mend or take back what they just wrote."""
    fresh = [e for e in thread.entries if isinstance(e, CommentCard) and e.editable and e.author_id == me.id]
    if not fresh:
        return
    last = fresh[-1]
    with st.popover("Change what you just wrote", icon=":material/edit:"), st.form("own_words", border=False):
        body = st.text_area("Your words", last.body, height=160)
        left, right = st.columns(2)
        saved, taken = left.form_submit_button("Save", type="primary"), right.form_submit_button("Take back")
    if saved or taken:
        with page.attempt("Saved." if saved else "Taken back.") as session:
            comment, ticket = comments.find(session, page.me(), last.id)
            if taken:
                comments.remove(session, page.me(), comment, ticket)
            else:
                comments.edit(session, page.me(), comment, ticket, body=body, seen=last.version)
