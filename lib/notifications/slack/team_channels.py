"""What teams want in Slack: how much may go there, and their channels, by id or through an incoming webhook.

A webhook's address is never shown again.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from db.models import SlackPlace, Team
from db.vocabulary import Action, Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import encryption, settings
from lib.core.errors import Invalid
from lib.notifications.delivery import outbox

CHANNEL = re.compile(r"[CG][A-Z0-9]{5,30}")
HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
SEALED = (
    "The webhook's address can't be opened, because Docket's secret key was lost or changed. "
    "Enter the webhook again, or bring the old key back."
)
_WORDS = 300


@dataclass(frozen=True)
class PlaceCard:
    """Where a team is told in Slack, if anywhere; `webhook` says that there is one, not where.

    `detailed` says whether the channel and direct messages about the team's tickets tell who did what.
    """

    channel: str | None
    webhook: bool
    detailed: bool
    failing_since: datetime | None
    error: str | None


@dataclass(frozen=True)
class FailingChannel:
    """A team whose channel can't be written to, with the reason in words."""

    team: str
    error: str
    since: datetime | None


@dataclass(frozen=True)
class Place:
    """Where to send, for the worker alone; `until` is till when it rests.

    `sealed` says that the webhook's address can't be opened with Docket's key.
    """

    team_id: int
    channel: str
    url: str
    until: datetime | None
    sealed: bool


def every(session: Session, actor: Actor) -> dict[int, PlaceCard]:
    """Return the channels of the teams that the actor may manage, by the team's id."""
    if not actor.may(Permission.TEAM_MANAGE, least=Scope.TEAM):
        return {}
    rows = session.exec(select(SlackPlace)).all()
    all_ = actor.may(Permission.TEAM_MANAGE, least=Scope.ALL)
    return {row.team_id: _card(row) for row in rows if all_ or row.team_id in actor.teams}


def _card(row: SlackPlace) -> PlaceCard:
    sealed = row.webhook is not None and encryption.opened(row.webhook) is None
    error = SEALED if sealed else row.error
    return PlaceCard(row.channel, row.webhook is not None, row.detailed, row.failing_since, error)


def read(session: Session, actor: Actor, team: Team) -> PlaceCard | None:
    """Return a team's channel to whoever may change it. Raises NotPermitted."""
    _may_manage(actor, team)
    row = session.get(SlackPlace, team.id)
    return _card(row) if row else None


def put(
    session: Session,
    actor: Actor,
    team: Team,
    *,
    channel: str = "",
    webhook: str = "",
    detailed: bool = False,
) -> None:
    """Let a team hear in a channel, or through a webhook; with neither, what is there stays and `detailed` changes.

    `detailed` holds for the channel and for direct messages about the team's tickets.

    Raises NotPermitted, Invalid.
    """
    _may_manage(actor, team)
    row, channel, webhook = session.get(SlackPlace, team.id), channel.strip(), webhook.strip()
    if channel and webhook:
        raise Invalid(
            "Give a channel or a webhook, not both.", fields={"webhook": "There is a channel already."}
        )
    if not (channel or webhook or row or detailed):
        raise Invalid("Give a channel's id or a webhook's address.", fields={"channel": "Nothing is given."})
    if channel and not CHANNEL.fullmatch(channel):
        raise Invalid(
            "A channel's id begins with C or G, as in C0123ABCD; Slack shows it at the end of the channel's details.",
            fields={"channel": "Not a channel's id."},
        )
    if webhook and not _trusted(webhook):
        raise Invalid(
            "A webhook's address begins with https://hooks.slack.com/services/.",
            fields={"webhook": "Not Slack's."},
        )
    was, row = _told(row), row or SlackPlace(team_id=team.id)
    if channel or webhook:
        row.channel, row.webhook = channel or None, encryption.seal(webhook) if webhook else None
        row.failing_since = row.not_before = row.error = None
    row.detailed, kept = detailed, bool(row.channel or row.webhook or detailed)
    if kept:
        session.add(row)
    else:
        session.delete(row)
    now = _told(row) if kept else None
    if webhook or now != was:
        _changed(session, actor, team, old=was, new=now)


def take(session: Session, actor: Actor, team: Team, *, detailed: bool = False) -> None:
    """Let a team hear in no channel any more, and let no more go to Slack unless `detailed`. Raises NotPermitted."""
    _may_manage(actor, team)
    row = session.get(SlackPlace, team.id)
    if row is None:
        return
    was = _told(row)
    if detailed:
        row.channel = row.webhook = row.failing_since = row.not_before = row.error = None
        row.detailed = True
        session.add(row)
    else:
        session.delete(row)
    if (now := _told(row) if detailed else None) != was:
        _changed(session, actor, team, old=was, new=now)


def of(session: Session, team_id: int) -> Place | None:
    """Return where a team is told, for whoever sends."""
    row = session.get(SlackPlace, team_id)
    if row is None or not (row.channel or row.webhook):
        return None
    url = encryption.opened(row.webhook) if row.webhook else ""
    return Place(team_id, row.channel or "", url or "", row.not_before, url is None)


def failing_channels(session: Session) -> list[FailingChannel]:
    """Return the channels that can't be written to, or whose webhook can't be opened, by their teams' names."""
    rows = session.exec(
        select(Team.name, SlackPlace).join(SlackPlace, col(SlackPlace.team_id) == Team.id).order_by(Team.name)
    ).all()
    cards = [(name, _card(row)) for name, row in rows]
    return [FailingChannel(name, card.error, card.failing_since) for name, card in cards if card.error]


def failing(session: Session, team_id: int) -> bool:
    """Tell whether a channel could not be written to the last time."""
    row = session.get(SlackPlace, team_id)
    return row is not None and row.failing_since is not None


def well(session: Session, team_id: int) -> None:
    """Note that a channel can be written to."""
    row = session.get(SlackPlace, team_id)
    if row is not None and (row.failing_since or row.not_before or row.error):
        row.failing_since = row.not_before = row.error = None
        session.add(row)


def ill(session: Session, team_id: int, words: str, *, rest: timedelta | None = None) -> datetime:
    """Let a channel rest that can't be written to, for `rest` or longer the longer it fails; return until when."""
    at, row = outbox.now(session), session.get_one(SlackPlace, team_id)
    if rest is None:
        row.failing_since, row.error = row.failing_since or at, words[:_WORDS]
        rest = min(outbox.LONGEST_PAUSE, max(outbox.SHORTEST_PAUSE, at - row.failing_since))
    row.not_before = at + rest
    session.add(row)
    return row.not_before


def _trusted(address: str) -> bool:
    """Tell whether an address is Slack's, or of the server that takes Slack's place."""
    asked, stand_in = urlsplit(address), urlsplit(settings.current().slack_api_url)
    if asked.username or not asked.path.startswith("/services/"):
        return False
    if asked.scheme == "https" and asked.netloc in HOSTS:
        return True
    return (asked.scheme, asked.netloc) == (stand_in.scheme, stand_in.netloc) != ("https", "slack.com")


def _told(row: SlackPlace | None) -> str | None:
    if row is None:
        return None
    where = row.channel or ("webhook" if row.webhook else "no channel")
    return f"{where}{', with who did what' if row.detailed else ''}"


def _changed(session: Session, actor: Actor, team: Team, *, old: str | None, new: str | None) -> None:
    events.record(
        session, actor, Action.TEAM_CHANGED, subject=f"team:{team.id}", field="slack", old=old, new=new
    )


def _may_manage(actor: Actor, team: Team) -> None:
    gate.require(actor, Permission.TEAM_MANAGE, least=Scope.TEAM)
    if not actor.may(Permission.TEAM_MANAGE, least=Scope.ALL) and team.id not in actor.teams:
        raise gate.refused(actor, Permission.TEAM_MANAGE, subject="team", subject_id=team.id)
