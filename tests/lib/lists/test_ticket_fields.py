"""Each field of a ticket is wherever it has a place: one table, so that none falls out of a surface unnoticed."""

import pytest

from api.lists.bulk import TicketChanges
from api.tickets.ticket_schemas import TicketFull, TicketLine
from api.tickets.tickets import NewTicket, TicketChange, TicketFilters
from lib.catalog import ticket_fields
from lib.lists import bulk, filters, query_language
from lib.reports import ticket_export
from ui.shared import lists
from ui.tickets import bulk as bulk_page

# A word is where the field is; what stands after the bar says why it is in none of the others.
TABLE = """
    title        create update export line | one title fits one ticket; words find it
    description  create update full        | too long for a line, a cell or a group; words find it
    status       update filter group bulk export line column | begins as the default; sorted by its group
    priority     create update sort filter group bulk export line column |
    category     create update filter group bulk export line column | sorted by its group
    team         create update filter group bulk export line column | sorted by its group
    requester    create filter group export line column | stays who it is; sorted by its group
    assignee     create update filter group bulk export line column | sorted by its group
    tags         create update filter bulk export full | a ticket has several, so they are no order, group or column
    due          create update sort filter bulk export line column | each day would be a group
    confidential create update export line | a mark beside the title
    created      sort filter export line column | set by Docket
    updated      sort filter export line column | set by Docket
    first_response_at filter export line | set by Docket; a report, not a column
    resolved_at  filter export line | set by Docket; a report, not a column
    fields       create update filter export full | custom fields, each with its access
"""
FIELDS = {line.split()[0]: set(line.partition("|")[0].split()[1:]) for line in TABLE.strip().splitlines()}
REASONS = {line.split()[0]: line.partition("|")[2].strip() for line in TABLE.strip().splitlines()}
ALIASES = {
    "first_response_at": {"responded", "first response"}, "resolved_at": {"resolved"}, "tags": {"tag", "add_tags"},
    "fields": {"field"},
}  # fmt: skip


def names(given) -> set[str]:
    """The names of a surface, without what tells one side of a span from the other."""
    return {name.removesuffix("_after").removesuffix("_before").removeprefix("-") for name in given}


SURFACES = {
    "create": names(NewTicket.model_fields),
    "update": names(TicketChange.model_fields),
    "sort": names(ticket_fields.SORTED),
    "filter": names(TicketFilters.model_fields),
    "group": names(ticket_fields.GROUPED),
    "bulk": names(TicketChanges.model_fields),
    "export": {*(field.export for field in ticket_export.EXPORTED), "fields"},
    "line": names(TicketLine.model_fields),
    "full": names(TicketFull.model_fields) - names(TicketLine.model_fields),
    "column": names(ticket_fields.LISTED),
}


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_on_each_surface_of_the_table_and_on_no_other(field):
    called = {field} | ALIASES.get(field, set())
    assert {surface for surface, there in SURFACES.items() if called & there} == FIELDS[field]
    assert REASONS[field] or FIELDS[field] >= SURFACES.keys() - {"full"}


def test_no_field_of_the_api_is_missing_from_the_table():
    apart = {
        "number",
        "version",
        "description_html",
        "proposed_category",
        "waiting_for_assignee",
        "blocked",
        "links",
    }
    apart |= {"merged_into", "merged", "participants", "attachments"}
    assert set(TicketFull.model_fields) - apart == FIELDS.keys()


def test_pages_offer_what_the_library_can():
    assert names(lists.SORT_LABELS) == set(ticket_fields.SORTED) - {"number"}
    assert {*bulk.STEPS} <= bulk_page.CHANGE_LABELS.keys()
    asked = {*filters.FIELDS} - {"q", "number", "last_word", "answered", "opened_by", "kind"}
    assert names(asked) <= query_language.QUALIFIER_NAMES
    assert set(bulk.STEPS) == set(TicketChanges.model_fields) - {"reason"}
