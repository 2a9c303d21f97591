"""The facts of a ticket beside its conversation, each changed where it stands by those who may."""

from db.vocabulary import Permission
from lib.access.gate import Actor
from lib.catalog.ticket_fields import LEVELS, TicketRow
from ui.shared import formatting
from ui.shared.field_editor import FieldEditor
from ui.ticket import assignee, conversation, editing, followers, status, time
from ui.ticket import properties as stated
from ui.ticket.options import TicketOptions
from ui.time import time_in_status


def show(me: Actor, facts: TicketRow, offered: TicketOptions) -> None:
    """Show the facts, and let the person change what they may."""
    change = FieldEditor(me, facts)
    change.refuse_stale_press()
    status.show(change, facts, offered)
    assignee.show(change, me, facts, offered)
    if offered.works:
        stated.show(change, facts, offered)
    stated.show_custom_fields(change, offered)
    conversation.show_facts(_list_read_only_facts(facts, offered, all_of_them=not offered.works))
    if Permission.TICKET_UPDATE in offered.may and (offered.works or facts.first_response_at is None):
        editing.show_edit_button(change)
    followers.show(me, facts.number, offered.following)
    time.show(me, facts.number, offered.times)
    if offered.course:
        time_in_status.show_strip(offered.course, key=f"course-{facts.number}")


def _list_read_only_facts(facts: TicketRow, offered: TicketOptions, *, all_of_them: bool) -> dict[str, str]:
    """Return the facts that are only shown: by name, in order, without empty ones."""
    shown = {
        "Assignee": "" if Permission.TICKET_ASSIGN_OTHER in offered.may else facts.assignee or "Unassigned",
        **(_list_levels(facts) if all_of_them else {}),
        "Category": (facts.category or "none") if all_of_them else "",
        "Proposed category": offered.proposed or "",
        "Team": facts.team if all_of_them else "",
        "Requester": facts.requester,
        "CC": ", ".join(offered.following.copied.values()),
        "Created": formatting.format_timestamp(facts.created_at),
        "Updated": formatting.format_timestamp(facts.updated_at),
        "Resolved": formatting.format_timestamp(facts.resolved_at) if facts.resolved_at else "",
        "Due": formatting.format_day(facts.due_on) if facts.due_on and all_of_them else "",
        "Tags": ", ".join(offered.tags) if all_of_them else "",
        **{h.field.name: h.shown for h in offered.held if not h.writable},
    }
    return {name: value for name, value in shown.items() if value}


def _list_levels(facts: TicketRow) -> dict[str, str]:
    """Return the levels besides the priority, which stands above the conversation."""
    return {
        field.label: getattr(facts, field.stored).title
        for name, field in LEVELS.items()
        if name != "priority"
    }
