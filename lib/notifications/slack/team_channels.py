"""Team channels in Slack: each team's channel, by id or incoming webhook, and how much may be sent there.

A webhook's address is never shown again.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from db.models import Team, TeamSlackChannel
from db.vocabulary import Action, Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import encryption, settings
from lib.core.errors import Invalid
from lib.notifications.delivery import outbox
from lib.notifications.delivery.channel import FailingChannel

CHANNEL_ID_PATTERN = re.compile(r"[CG][A-Z0-9]{5,30}")
WEBHOOK_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
LOCKED_WEBHOOK_ERROR = (
    "The webhook can't be decrypted because Docket's secret key was lost or changed. "
    "Enter the webhook again, or restore the old key."
)
_MAX_ERROR_LENGTH = 300


@dataclass(frozen=True)
class TeamChannelCard:
    """A team's Slack channel, if any. `webhook` is whether there is a webhook, without its address.

    `detailed` is whether the channel and direct messages about the team's tickets include who did what.
    """

    channel: str | None
    webhook: bool
    detailed: bool
    failing_since: datetime | None
    error: str | None


@dataclass(frozen=True)
class TeamChannel:
    """Where to send, for the worker only. `until` is the end of its pause.

    `sealed` means that the webhook's address can't be decrypted with Docket's key.
    """

    team_id: int
    channel: str
    url: str
    until: datetime | None
    sealed: bool


def list_all(session: Session, actor: Actor) -> dict[int, TeamChannelCard]:
    """Return the channels of the teams that the actor may manage, by team id."""
    if not actor.may(Permission.TEAM_MANAGE, least=Scope.TEAM):
        return {}
    rows = session.exec(select(TeamSlackChannel)).all()
    all_ = actor.may(Permission.TEAM_MANAGE, least=Scope.ALL)
    return {row.team_id: _to_card(row) for row in rows if all_ or row.team_id in actor.teams}


def _to_card(row: TeamSlackChannel) -> TeamChannelCard:
    sealed = row.webhook is not None and encryption.decrypt(row.webhook) is None
    error = LOCKED_WEBHOOK_ERROR if sealed else row.error
    return TeamChannelCard(row.channel, row.webhook is not None, row.detailed, row.failing_since, error)


def find_card(session: Session, actor: Actor, team: Team) -> TeamChannelCard | None:
    """Return a team's channel for actors who may change it. Raises NotPermitted."""
    _require_manage(actor, team)
    row = session.get(TeamSlackChannel, team.id)
    return _to_card(row) if row else None


def save(
    session: Session,
    actor: Actor,
    team: Team,
    *,
    channel: str = "",
    webhook: str = "",
    detailed: bool = False,
) -> None:
    """Set a team's channel or webhook. With neither, the current one stays and only `detailed` changes.

    `detailed` applies to the channel and to direct messages about the team's tickets.

    Raises NotPermitted, Invalid.
    """
    _require_manage(actor, team)
    row, channel, webhook = session.get(TeamSlackChannel, team.id), channel.strip(), webhook.strip()
    if channel and webhook:
        raise Invalid("Enter either a channel or a webhook.", fields={"webhook": "A channel is set already."})
    if not (channel or webhook or row or detailed):
        raise Invalid(
            "Enter a channel ID or a webhook address.", fields={"channel": "A channel or webhook is missing."}
        )
    if channel and not CHANNEL_ID_PATTERN.fullmatch(channel):
        raise Invalid(
            "A channel ID starts with C or G, such as C0123ABCD. Slack shows it at the end of the channel details.",
            fields={"channel": "Not a channel ID."},
        )
    if webhook and not _is_trusted(webhook):
        raise Invalid(
            "A webhook address starts with https://hooks.slack.com/services/.",
            fields={"webhook": "Not a Slack webhook."},
        )
    was, row = _format_setting(row), row or TeamSlackChannel(team_id=team.id)
    if channel or webhook:
        row.channel, row.webhook = channel or None, encryption.encrypt(webhook) if webhook else None
        row.failing_since = row.not_before = row.error = None
    row.detailed, kept = detailed, bool(row.channel or row.webhook or detailed)
    if kept:
        session.add(row)
    else:
        session.delete(row)
    now = _format_setting(row) if kept else None
    if webhook or now != was:
        _record_change(session, actor, team, old=was, new=now)


def remove(session: Session, actor: Actor, team: Team, *, detailed: bool = False) -> None:
    """Remove a team's channel, and unless `detailed` stop sending details to Slack. Raises NotPermitted."""
    _require_manage(actor, team)
    row = session.get(TeamSlackChannel, team.id)
    if row is None:
        return
    was = _format_setting(row)
    if detailed:
        row.channel = row.webhook = row.failing_since = row.not_before = row.error = None
        row.detailed = True
        session.add(row)
    else:
        session.delete(row)
    if (now := _format_setting(row) if detailed else None) != was:
        _record_change(session, actor, team, old=was, new=now)


def find_for_team(session: Session, team_id: int) -> TeamChannel | None:
    """Return where to send a team's posts, or None."""
    row = session.get(TeamSlackChannel, team_id)
    if row is None or not (row.channel or row.webhook):
        return None
    url = encryption.decrypt(row.webhook) if row.webhook else ""
    return TeamChannel(team_id, row.channel or "", url or "", row.not_before, url is None)


def list_failing(session: Session) -> list[FailingChannel]:
    """Return channels that can't be written to or whose webhook can't be decrypted, ordered by team name."""
    rows = session.exec(
        select(Team.name, TeamSlackChannel)
        .join(TeamSlackChannel, col(TeamSlackChannel.team_id) == Team.id)
        .order_by(Team.name)
    ).all()
    cards = [(name, _to_card(row)) for name, row in rows]
    return [FailingChannel(name, card.error, card.failing_since) for name, card in cards if card.error]


def is_failing(session: Session, team_id: int) -> bool:
    """Return whether a channel could not be written to the last time."""
    row = session.get(TeamSlackChannel, team_id)
    return row is not None and row.failing_since is not None


def mark_up(session: Session, team_id: int) -> None:
    """Record that a channel can be written to."""
    row = session.get(TeamSlackChannel, team_id)
    if row is not None and (row.failing_since or row.not_before or row.error):
        row.failing_since = row.not_before = row.error = None
        session.add(row)


def mark_down(session: Session, team_id: int, words: str, *, rest: timedelta | None = None) -> datetime:
    """Pause a channel that can't be written to, for `rest` or longer the longer it fails. Return until when."""
    at, row = outbox.now(session), session.get_one(TeamSlackChannel, team_id)
    if rest is None:
        row.failing_since, row.error = row.failing_since or at, words[:_MAX_ERROR_LENGTH]
        rest = min(outbox.LONGEST_PAUSE, max(outbox.SHORTEST_PAUSE, at - row.failing_since))
    row.not_before = at + rest
    session.add(row)
    return row.not_before


def _is_trusted(address: str) -> bool:
    """Return whether an address belongs to Slack, or to the configured replacement server."""
    asked, stand_in = urlsplit(address), urlsplit(settings.current().slack_api_url)
    if asked.username or not asked.path.startswith("/services/"):
        return False
    if asked.scheme == "https" and asked.netloc in WEBHOOK_HOSTS:
        return True
    return (asked.scheme, asked.netloc) == (stand_in.scheme, stand_in.netloc) != ("https", "slack.com")


def _format_setting(row: TeamSlackChannel | None) -> str | None:
    if row is None:
        return None
    where = row.channel or ("webhook" if row.webhook else "no channel")
    return f"{where}{', with who did what' if row.detailed else ''}"


def _record_change(session: Session, actor: Actor, team: Team, *, old: str | None, new: str | None) -> None:
    events.record(
        session, actor, Action.TEAM_CHANGED, subject=f"team:{team.id}", field="slack", old=old, new=new
    )


def _require_manage(actor: Actor, team: Team) -> None:
    gate.require(actor, Permission.TEAM_MANAGE, least=Scope.TEAM)
    if not actor.may(Permission.TEAM_MANAGE, least=Scope.ALL) and team.id not in actor.teams:
        raise gate.not_permitted(actor, Permission.TEAM_MANAGE, subject="team", subject_id=team.id)
