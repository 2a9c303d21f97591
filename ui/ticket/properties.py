"""The facts that staff change where they stand: priority, category, due day, tags, team, and the desk's own fields."""

import streamlit as st

from db.models import Ticket
from db.vocabulary import Priority
from lib.access.gate import Actor
from lib.catalog import categories, custom_field_values
from lib.catalog.ticket_fields import TicketRow
from lib.people import teams
from lib.tickets import tickets
from lib.transactions import Session
from ui.shared import custom_fields
from ui.shared.field_editor import FieldEditor
from ui.ticket.options import TicketOptions


def show(change: FieldEditor, facts: TicketRow, offered: TicketOptions) -> None:
    """Offer what whoever works the ticket may change of it."""
    levels = {p: p.label.capitalize() for p in Priority}
    if (level := change.choose("Priority", levels, facts.priority, "priority")) is not None:
        change(f"Priority is {level.label} now.", tickets.prioritize, priority=level)
    if (chosen := change.choose("Category", offered.categories, facts.category_id, "category")) is not None:
        change("Category changed.", _categorize, to=chosen)
    _show_due_date(change, facts)
    _show_tags(change, offered)
    if (team := change.choose("Team", offered.teams, facts.team_id, "team")) is not None:
        change(f"Handed to {offered.teams[team]}.", _set_team, to=team)


def show_custom_fields(change: FieldEditor, offered: TicketOptions) -> None:
    """Let the person change the desk's own fields that they may."""
    changed = custom_fields.show_ticket_fields(offered.held, change, people=offered.people)
    if changed is not None:
        change("Saved.", custom_field_values.update, given=dict([changed]))


def _show_tags(change: FieldEditor, offered: TicketOptions) -> None:
    chosen = change.late("tags", st.multiselect(
        "Tags",
        sorted({*offered.known_tags, *offered.tags}),
        offered.tags,
        accept_new_options=True,
        max_selections=tickets.MAX_TAGS,
        placeholder="Choose or type",
        **change.noted("tags"),
    ))  # fmt: skip
    if set(chosen) != set(offered.tags):
        change("Tagged.", tickets.set_tags, tags=chosen)


def _show_due_date(change: FieldEditor, facts: TicketRow) -> None:
    chosen = change.late(
        "due", st.date_input("Due", facts.due_on, format="YYYY-MM-DD", **change.noted("due"))
    )
    if chosen != facts.due_on:
        change("Due date set." if chosen else "Due date removed.", tickets.set_due_date, due_on=chosen)


def _categorize(session: Session, me: Actor, ticket: Ticket, *, to: int, seen: int) -> None:
    tickets.categorize(session, me, ticket, category=categories.get(session, to), seen=seen)


def _set_team(session: Session, me: Actor, ticket: Ticket, *, to: int, seen: int) -> None:
    tickets.move_to_team(session, me, ticket, team=teams.get(session, to), seen=seen)
