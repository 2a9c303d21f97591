"""Teams: who works tickets together."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.shared import deleting
from api.shared.auth import Me
from api.shared.idempotency import CreateDependency, CreatedResource
from api.shared.problems import NOT_FOUND
from api.shared.schemas import (
    AssignmentRule,
    Flag,
    Page,
    PathNumber,
    Reference,
    RequestSchema,
    ResponseSchema,
    StorableText,
    VersionedChange,
    json_response,
    no_content,
    optional_field,
    to_assignment_rule,
)
from lib.access.gate import Actor
from lib.assignment import rules as assignment_rules
from lib.core.errors import Invalid, NotFound
from lib.notifications.slack import team_channels
from lib.people import accounts, team_removal, teams
from lib.people.teams import Team as Row
from lib.transactions import Session, act, see

router = APIRouter(tags=["people"])


class TeamName(RequestSchema):
    """A team's name."""

    name: StorableText


class TeamChange(VersionedChange):
    """The changes. With `assignment` null, its new tickets are assigned manually."""

    name: StorableText = optional_field()
    assignment: AssignmentRule | None = optional_field()


class Team(ResponseSchema):
    """A team. Only staff see its members and its assignment rule."""

    id: int
    name: str
    default: bool
    members: list[Reference]
    assignment: AssignmentRule | None
    version: int


class TeamDeletePreview(ResponseSchema):
    """The contents of a team, which move to its successor, unless that already has a rule or a Slack channel."""

    tickets: int
    open: int
    members: int
    categories: int
    replies: int
    views: int
    rule: bool
    slack: bool
    default: bool
    needs_successor: bool


class SlackChannel(ResponseSchema):
    """The Slack channel of a team, by its id or as a `webhook`, whose address is never shown again."""

    channel: str | None
    webhook: bool
    detailed: bool
    failing_since: datetime | None
    error: str | None


class SlackChannelChange(RequestSchema):
    """A channel or a webhook. With neither, only `detailed` changes, which also applies to direct messages."""

    channel: StorableText | None = Field(default=None, max_length=40)
    webhook: StorableText | None = Field(default=None, max_length=500)
    detailed: Flag = False


def _load_teams(session: Session, me: Actor) -> list[Team]:
    session.flush()
    rules = assignment_rules.list_by_team(session, me)
    return [
        Team(
            id=t.id,
            name=t.name,
            default=t.is_default,
            members=[Reference(id=id, name=name) for id, name in t.members.items()],
            assignment=to_assignment_rule(rules.get(t.id)),
            version=t.version,
        )
        for t in teams.list_all(session, me)
    ]


def _load_team(session: Session, me: Actor, id: int | None) -> Team:
    return next(t for t in _load_teams(session, me) if t.id == id)


def _get_row(session: Session, id: int) -> Row:
    try:
        return teams.get(session, id)
    except Invalid:
        raise NotFound(NOT_FOUND) from None


@router.get("/teams", response_model=Page[Team])
def list_teams(me: Me) -> Response:
    """List the teams, by name."""
    with see() as session:
        return json_response(Page(items=_load_teams(session, me)))


@router.post("/teams", status_code=201, response_model=Team)
def create_team(creating: CreateDependency, form: TeamName) -> Response:
    """Add a team."""

    def create(session: Session) -> CreatedResource:
        row = teams.create(session, creating.me, name=form.name)
        return CreatedResource(f"/teams/{row.id}", _load_team(session, creating.me, row.id))

    return creating.once(form, create)


@router.patch("/teams/{id}", response_model=Team)
def update_team(me: Me, id: PathNumber, form: TeamChange) -> Response:
    """Change a team's name or rule."""
    with act() as session:
        row = _get_row(session, id)
        row.must_be(form.version)
        if "name" in form.model_fields_set:
            teams.rename(session, me, row, name=form.name)
        if "assignment" in form.model_fields_set:
            cap = form.assignment.cap if form.assignment else None
            assignment_rules.set_for_team(
                session, me, row, way=form.assignment.way if form.assignment else None, cap=cap
            )
        return json_response(_load_team(session, me, id))


@router.delete("/teams/{id}", status_code=204, responses={200: {"model": TeamDeletePreview}})
def delete_team(me: Me, id: PathNumber, asked: deleting.DeleteParameters) -> Response:
    """Delete an empty team, or merge it into a `successor`, which gets everything in it."""

    def verb(session: Session) -> None:
        row = _get_row(session, id)
        if asked.successor is None:
            team_removal.delete(session, me, row, seen=asked.version)
        else:
            into = teams.get(session, asked.successor)
            team_removal.merge(session, me, row, into=into, seen=asked.version)

    return deleting.delete_or_preview(
        asked, TeamDeletePreview, preview=lambda s: team_removal.preview(s, me, _get_row(s, id)), verb=verb
    )


@router.get("/teams/{id}/slack", response_model=SlackChannel)
def get_slack_channel(me: Me, id: PathNumber) -> Response:
    """Get the Slack channel of a team."""
    with see() as session:
        return json_response(_load_channel(session, me, _get_row(session, id)))


@router.put("/teams/{id}/slack", response_model=SlackChannel)
def set_slack_channel(me: Me, id: PathNumber, form: SlackChannelChange) -> Response:
    """Set the Slack channel of a team."""
    with act() as session:
        row = _get_row(session, id)
        team_channels.save(
            session, me, row, channel=form.channel or "", webhook=form.webhook or "", detailed=form.detailed
        )
        return json_response(_load_channel(session, me, row))


@router.delete("/teams/{id}/slack", status_code=204)
def remove_slack_channel(me: Me, id: PathNumber) -> Response:
    """Remove the Slack channel of a team."""
    with act() as session:
        team_channels.remove(session, me, _get_row(session, id))
    return no_content()


def _load_channel(session: Session, me: Actor, team: Row) -> SlackChannel:
    session.flush()
    card = team_channels.find_card(session, me, team)
    return SlackChannel(
        channel=card.channel if card else None, webhook=bool(card and card.webhook),
        detailed=bool(card and card.detailed), failing_since=card.failing_since if card else None,
        error=card.error if card else None,
    )  # fmt: skip


@router.put("/teams/{id}/members/{person}", status_code=204)
def add_team_member(me: Me, id: PathNumber, person: PathNumber) -> Response:
    """Add a person to a team."""
    with act() as session:
        teams.add_member(session, me, _get_row(session, id), accounts.get(session, me, person))
    return no_content()


@router.delete("/teams/{id}/members/{person}", status_code=204)
def remove_team_member(me: Me, id: PathNumber, person: PathNumber) -> Response:
    """Remove a person from a team. They lose access to its tickets at once."""
    with act() as session:
        teams.remove_member(session, me, _get_row(session, id), accounts.get(session, me, person))
    return no_content()
