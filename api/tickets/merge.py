"""Merging one ticket into another, and parting them again."""

from fastapi import APIRouter
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Id, PathNumber, RequestSchema, Version, json_response, optional_field
from api.tickets.conflicts import attach_current_ticket
from api.tickets.ticket_schemas import TicketFull, to_full_ticket
from lib.access import ticket_versions
from lib.core.errors import Invalid
from lib.tickets import merge as ticket_merge
from lib.tickets import tickets
from lib.transactions import act

router = APIRouter(tags=["tickets"])


class MergeRequest(RequestSchema):
    """The ticket to merge into. With `version`, only if it did not change since then."""

    into: Id
    version: Version = optional_field()


@router.post("/tickets/{number}/merge", response_model=TicketFull)
def merge_ticket(me: Me, number: PathNumber, form: MergeRequest) -> Response:
    """Merge a ticket into another, which is returned. The merged ticket keeps its number and links to it."""
    with attach_current_ticket(me, number), act() as session:
        ticket, into = ticket_merge.lock_pair(session, me, number, form.into)
        seen = (
            form.version
            if "version" in form.model_fields_set
            else ticket_versions.visible_version(me, ticket)
        )
        ticket_merge.merge(session, me, ticket, into=into, seen=seen)
        return json_response(to_full_ticket(session, me, into))


@router.post("/tickets/{number}/unmerge", response_model=TicketFull)
def undo_merge(me: Me, number: PathNumber) -> Response:
    """Undo a merge. Returns the restored ticket, which gets back what came from it."""
    with act() as session:
        target = tickets.find(session, me, number).merged_into_id
        if target is None:
            raise Invalid(f"#{number} is not merged into another ticket.")
        ticket, into = ticket_merge.lock_pair(session, me, number, target)
        ticket_merge.unmerge(session, me, ticket, into=into)
        return json_response(to_full_ticket(session, me, ticket))
