"""Teams: who works tickets together."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.shared import deleting
from api.shared.auth import Me
from api.shared.idempotency import Creating, Made
from api.shared.problems import NOTHING
from api.shared.schemas import (
    Change,
    Flag,
    Form,
    Named,
    Number,
    Page,
    Rule,
    Shape,
    Words,
    done,
    rule,
    shown,
    unset,
)
from lib.access.gate import Actor
from lib.assignment import rules as assignment_rules
from lib.core.errors import Invalid, NotFound
from lib.notifications.slack import team_channels
from lib.people import accounts, team_removal, teams
from lib.people.teams import Team as Row
from lib.transactions import Session, act, see

router = APIRouter(tags=["people"])


class TeamName(Form):
    """A team's name."""

    name: Words


class TeamChange(Change):
    """What is to be changed; with `assignment` null its new tickets are given by hand."""

    name: Words = unset()
    assignment: Rule | None = unset()


class Team(Shape):
    """A team; only staff see its members and the rule by which its new tickets find their assignee."""

    id: int
    name: str
    default: bool
    members: list[Named]
    assignment: Rule | None
    version: int


class Holdings(Shape):
    """What a team holds, all of which goes to its successor, unless that has a rule or a Slack channel already."""

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


class Channel(Shape):
    """Where a team hears in Slack: a channel by its id, or a `webhook`, whose address is never shown again."""

    channel: str | None
    webhook: bool
    detailed: bool
    failing_since: datetime | None
    error: str | None


class ChannelChange(Form):
    """A channel or a webhook; with neither only `detailed` changes: who did what, there and in direct messages too."""

    channel: Words | None = Field(default=None, max_length=40)
    webhook: Words | None = Field(default=None, max_length=500)
    detailed: Flag = False


def _all(session: Session, me: Actor) -> list[Team]:
    session.flush()
    rules = assignment_rules.of_teams(session, me)
    return [
        Team(
            id=t.id,
            name=t.name,
            default=t.is_default,
            members=[Named(id=id, name=name) for id, name in t.members.items()],
            assignment=rule(rules.get(t.id)),
            version=t.version,
        )
        for t in teams.every(session, me)
    ]


def _one(session: Session, me: Actor, id: int | None) -> Team:
    return next(t for t in _all(session, me) if t.id == id)


def _row(session: Session, id: int) -> Row:
    try:
        return teams.find(session, id)
    except Invalid:
        raise NotFound(NOTHING) from None


@router.get("/teams", response_model=Page[Team])
def read(me: Me) -> Response:
    """List the teams, by name."""
    with see() as session:
        return shown(Page(items=_all(session, me)))


@router.post("/teams", status_code=201, response_model=Team)
def add(creating: Creating, form: TeamName) -> Response:
    """Add a team."""

    def deed(session: Session) -> Made:
        row = teams.create(session, creating.me, name=form.name)
        return Made(f"/teams/{row.id}", _one(session, creating.me, row.id))

    return creating.once(form, deed)


@router.patch("/teams/{id}", response_model=Team)
def change(me: Me, id: Number, form: TeamChange) -> Response:
    """Change a team's name or rule."""
    with act() as session:
        row = _row(session, id)
        row.must_be(form.version)
        if "name" in form.model_fields_set:
            teams.rename(session, me, row, name=form.name)
        if "assignment" in form.model_fields_set:
            cap = form.assignment.cap if form.assignment else None
            assignment_rules.rule_team(
                session, me, row, way=form.assignment.way if form.assignment else None, cap=cap
            )
        return shown(_one(session, me, id))


@router.delete("/teams/{id}", status_code=204, responses={200: {"model": Holdings}})
def remove(me: Me, id: Number, asked: deleting.Asked) -> Response:
    """Delete an empty team, or merge it into a `successor`, which gets everything that it holds."""

    def verb(session: Session) -> None:
        row = _row(session, id)
        if asked.successor is None:
            team_removal.delete(session, me, row, seen=asked.version)
        else:
            into = teams.find(session, asked.successor)
            team_removal.merge(session, me, row, into=into, seen=asked.version)

    return deleting.delete(
        asked, Holdings, preview=lambda s: team_removal.preview(s, me, _row(s, id)), verb=verb
    )


@router.get("/teams/{id}/slack", response_model=Channel)
def channel(me: Me, id: Number) -> Response:
    """Read where in Slack a team of yours hears of its tickets."""
    with see() as session:
        return shown(_channel(session, me, _row(session, id)))


@router.put("/teams/{id}/slack", response_model=Channel)
def tell(me: Me, id: Number, form: ChannelChange) -> Response:
    """Let a team hear of its tickets in Slack."""
    with act() as session:
        row = _row(session, id)
        team_channels.put(
            session, me, row, channel=form.channel or "", webhook=form.webhook or "", detailed=form.detailed
        )
        return shown(_channel(session, me, row))


@router.delete("/teams/{id}/slack", status_code=204)
def silence(me: Me, id: Number) -> Response:
    """Let a team no longer hear of its tickets in Slack."""
    with act() as session:
        team_channels.take(session, me, _row(session, id))
    return done()


def _channel(session: Session, me: Actor, team: Row) -> Channel:
    session.flush()
    card = team_channels.read(session, me, team)
    return Channel(
        channel=card.channel if card else None, webhook=bool(card and card.webhook),
        detailed=bool(card and card.detailed), failing_since=card.failing_since if card else None,
        error=card.error if card else None,
    )  # fmt: skip


@router.put("/teams/{id}/members/{person}", status_code=204)
def join(me: Me, id: Number, person: Number) -> Response:
    """Let a person belong to a team."""
    with act() as session:
        teams.add(session, me, _row(session, id), accounts.find(session, me, person))
    return done()


@router.delete("/teams/{id}/members/{person}", status_code=204)
def part(me: Me, id: Number, person: Number) -> Response:
    """Let a person no longer belong to a team; they lose sight of its tickets at once."""
    with act() as session:
        teams.remove(session, me, _row(session, id), accounts.find(session, me, person))
    return done()
