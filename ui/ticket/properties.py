"""The fields that staff change in place: priority, category, due date, tags, team, and custom fields."""

import streamlit as st

from lib.catalog import custom_field_values
from lib.catalog.ticket_fields import LEVELS, TicketRow
from lib.tickets import field_verbs, tickets
from ui.shared import custom_fields, formatting
from ui.shared.field_editor import FieldEditor
from ui.ticket.options import TicketOptions


def show(change: FieldEditor, facts: TicketRow, offered: TicketOptions) -> None:
    """Offer what whoever works the ticket may change of it."""
    for name, field in LEVELS.items():
        levels = {level: level.title for level in field.values}
        if (level := change.choose(field.label, levels, getattr(facts, field.stored), name)) is not None:
            change(f"{field.label} set to {level.label}.", field_verbs.change, name=name, to=level)
    if (chosen := change.choose("Category", offered.categories, facts.category_id, "category")) is not None:
        change("Category changed.", field_verbs.change, name="category", to=chosen)
    _show_due_date(change, facts)
    _show_tags(change, offered)
    if (team := change.choose("Team", offered.teams, facts.team_id, "team")) is not None:
        change(f"Moved to team {offered.teams[team]}.", field_verbs.change, name="team", to=team)


def show_custom_fields(change: FieldEditor, offered: TicketOptions) -> None:
    """Let the person change the custom fields that they may."""
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
        placeholder="Choose or type tags",
        **change.noted("tags"),
    ))  # fmt: skip
    if set(chosen) != set(offered.tags):
        change("Tags saved.", tickets.set_tags, tags=chosen)


def _show_due_date(change: FieldEditor, facts: TicketRow) -> None:
    chosen = change.late(
        "due", st.date_input("Due", facts.due_on, format=formatting.day_input_format(), **change.noted("due"))
    )
    if chosen != facts.due_on:
        change("Due date set." if chosen else "Due date removed.", tickets.set_due_date, due_on=chosen)
