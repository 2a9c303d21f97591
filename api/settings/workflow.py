"""The workflow: which moves a role may make, where that is other than usual."""

from fastapi import APIRouter
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Flag, Id, Page, RequestSchema, ResponseSchema, json_response, no_content
from lib.access import roles
from lib.catalog import statuses
from lib.tickets import workflow
from lib.transactions import act, see

router = APIRouter(tags=["statuses"])


class WorkflowRule(ResponseSchema):
    """A move that a role may not make, or must give a reason for; every other move is allowed."""

    role: int
    from_status: int
    to_status: int
    allowed: bool
    asks_reason: bool


class WorkflowRuleChange(RequestSchema):
    """What a role may do with one status change. Without a rule it is allowed without a reason."""

    role: Id
    from_status: Id
    to_status: Id
    allowed: Flag
    asks_reason: Flag = False


@router.get("/workflow", response_model=Page[WorkflowRule])
def list_workflow_rules() -> Response:
    """List the workflow rules that differ from the default."""
    with see() as session:
        found = [
            WorkflowRule(
                role=role.id, from_status=was, to_status=to, allowed=r.allowed, asks_reason=r.asks_reason
            )
            for role in roles.list_all(session)
            for (was, to), r in sorted(workflow.list_rules(session, role.id).items())
        ]
    return json_response(Page(items=found))


@router.put("/workflow", status_code=204)
def set_workflow_rule(me: Me, form: WorkflowRuleChange) -> Response:
    """Say whether a role may make a move, and whether it must say why."""
    with act() as session:
        workflow.set_rule(
            session,
            me,
            role_id=roles.get(session, form.role).id,
            was=statuses.get(session, form.from_status),
            to=statuses.get(session, form.to_status),
            allowed=form.allowed,
            asks_reason=form.asks_reason,
        )
    return no_content()
