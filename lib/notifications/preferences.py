"""Notification settings of a person: what, where and when. Without their own choice, the notification rules apply."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.models import Mute, NotificationPreference, NotificationSchedule, Person, SlackAccount, Ticket
from db.vocabulary import MessageKind, NotificationChannel, NotificationType, Permission, RecipientReason
from lib.access import gate
from lib.access.gate import Actor
from lib.core import time_zones
from lib.core.errors import Invalid
from lib.notifications import rules as notification_rules
from lib.notifications.delivery import outbox, schedule
from lib.notifications.rules import NotificationRules, Pair

EMAIL_FREQUENCIES = {
    0: "At once",
    4: "Every four hours",
    schedule.DAY_HOURS: "Once a day",
    schedule.WEEK_HOURS: "Once a week",
}
_REQUESTER_REASONS = frozenset(
    {RecipientReason.MENTIONED, RecipientReason.REQUESTER, RecipientReason.WATCHER}
)
"""Reasons for which people who work on no tickets are notified."""
_MINUTES_PER_DAY = 24 * 60
_SLACK_MEMBER_PATTERN = re.compile(r"[UW][A-Z0-9]{5,30}")


@dataclass(frozen=True)
class DeliverySchedule:
    """When a person wants to be notified.

    Quiet hours are in minutes of their day, equal for none. Days of the week count from 0 for Monday. `hours` is the
    time between combined emails.
    """

    quiet_from: int = 0
    quiet_until: int = 0
    days: frozenset[int] = frozenset(range(7))
    hours: int = 0


def list_possible_pairs(actor: Actor, rules: NotificationRules) -> list[Pair]:
    """Return the types and reasons that the actor can be notified of, ordered by reason."""
    people = [(o, r) for o, r in rules.told if r != RecipientReason.CHANNEL]
    mine = [
        (o, r) for o, r in people if actor.staff or (r in _REQUESTER_REASONS and o != NotificationType.NOTED)
    ]
    return sorted(mine, key=lambda pair: list(RecipientReason).index(pair[1]))


def get_channels(session: Session, actor: Actor) -> dict[Pair, frozenset[NotificationChannel]]:
    """Return the channels on which the actor is notified of each type and reason."""
    rows = session.exec(
        select(NotificationPreference).where(NotificationPreference.person_id == actor.id)
    ).all()
    chose = {(row.occasion, row.relation, row.medium): row.wanted for row in rows}
    rules = notification_rules.load(session)
    return {
        (o, r): frozenset(m for m in NotificationChannel if chose.get((o, r, m), m in rules.media(o, r)))
        for o, r in list_possible_pairs(actor, rules)
    }


def set_channels(
    session: Session, actor: Actor, wanted: Mapping[Pair, frozenset[NotificationChannel]]
) -> None:
    """Set the actor's channels for the pairs in `wanted`. Others stay as they are. Raises Invalid."""
    rules = notification_rules.load(session)
    if not set(wanted) <= set(list_possible_pairs(actor, rules)):
        raise Invalid("There is no such notification.")
    for (occasion, relation), media in wanted.items():
        for medium in NotificationChannel:
            usual = medium in rules.media(occasion, relation)
            _set_choice(session, actor, (occasion, relation, medium), wanted=medium in media, usual=usual)


def _set_choice(
    session: Session,
    actor: Actor,
    what: tuple[NotificationType, RecipientReason, NotificationChannel],
    *,
    wanted: bool,
    usual: bool,
) -> None:
    key = (actor.id, *(part.value for part in what))
    row = session.get(NotificationPreference, key)
    if wanted == usual:
        if row is not None:
            session.delete(row)
        return
    row = row or NotificationPreference(
        person_id=actor.person_id, occasion=key[1], relation=key[2], medium=key[3], wanted=wanted
    )
    row.wanted = wanted
    session.add(row)


def get_schedule(session: Session, actor: Actor) -> DeliverySchedule:
    """Return when the actor wants to be notified."""
    row = session.get(NotificationSchedule, actor.id)
    if row is None:
        return DeliverySchedule()
    days = frozenset(day for day in range(7) if row.days & (1 << day))
    return DeliverySchedule(row.quiet_from, row.quiet_until, days, row.hours)


def set_schedule(session: Session, actor: Actor, habit: DeliverySchedule, *, zone: str | None) -> None:
    """Set when the actor wants to be notified. `zone` is the browser's, for people without one. Raises Invalid."""
    if not habit.days or not habit.days <= set(range(7)):
        raise Invalid("Choose at least one day.", fields={"days": "Choose at least one day."})
    quiet = (habit.quiet_from, habit.quiet_until)
    if habit.hours not in EMAIL_FREQUENCIES or not all(0 <= minute < _MINUTES_PER_DAY for minute in quiet):
        raise Invalid("Choose times between 00:00 and 23:59.")
    row = session.get(NotificationSchedule, actor.id) or NotificationSchedule(person_id=actor.person_id)
    row.quiet_from, row.quiet_until = quiet
    row.days, row.hours = sum(1 << day for day in habit.days), habit.hours
    session.add(row)
    person = session.get_one(Person, actor.id)
    if person.timezone is None and zone in time_zones.names():
        person.timezone = zone


def get_timezone(session: Session, actor: Actor) -> str | None:
    """Return the name of the actor's time zone for days and quiet hours, or None for the browser's."""
    return session.get_one(Person, actor.id).timezone


def set_timezone(session: Session, actor: Actor, name: str) -> None:
    """Set the actor's time zone for days and quiet hours, such as "Europe/Berlin". Raises Invalid if it is unknown."""
    if name not in time_zones.names():
        raise Invalid(time_zones.UNKNOWN_MESSAGE, fields={"timezone": time_zones.UNKNOWN_MESSAGE})
    session.get_one(Person, actor.id).timezone = name


def get_slack_id(session: Session, actor: Actor) -> str:
    """Return the actor's Slack member ID as far as Docket knows it, or an empty text."""
    row = session.get(SlackAccount, actor.id)
    return row.slack_id if row else ""


def set_slack_id(session: Session, actor: Actor, slack_id: str) -> None:
    """Set a person's Slack account by its member ID. If empty, Docket looks it up by email address again.

    Raises Invalid.
    """
    given, row = slack_id.strip().upper(), session.get(SlackAccount, actor.id)
    if given and not _SLACK_MEMBER_PATTERN.fullmatch(given):
        raise Invalid(
            "A Slack member ID starts with U or W, such as U0123ABCD. Find it in your Slack profile under Copy "
            "member ID.",
            fields={"slack_id": "Not a member ID."},
        )
    if row is not None and not given:
        session.delete(row)
    elif given:
        row = row or SlackAccount(person_id=actor.person_id, slack_id=given)
        row.slack_id = given
        session.add(row)


def send_slack_test(session: Session, actor: Actor) -> None:
    """Queue a Slack direct message to the actor to test that they arrive."""
    outbox.enqueue(session, NotificationChannel.SLACK, MessageKind.TRIAL, actor.id)


def list_muted(session: Session, actor: Actor) -> dict[int, str]:
    """Return the tickets that the actor muted, as titles by number."""
    found = gate.visible(actor, Ticket.id, Ticket.title).join(Mute, col(Mute.ticket_id) == Ticket.id)
    return dict(session.exec(found.where(Mute.person_id == actor.id).order_by(col(Ticket.id))).all())


def mute(session: Session, actor: Actor, ticket_id: int) -> None:
    """Mute a ticket, except for mentions and assignments. Has no effect if it is muted. Raises NotFound."""
    _require_visible(session, actor, ticket_id)
    if session.get(Mute, (ticket_id, actor.id)) is None:
        session.add(Mute(ticket_id=ticket_id, person_id=actor.person_id))


def _require_visible(session: Session, actor: Actor, ticket_id: int) -> None:
    if session.exec(gate.visible(actor, Ticket.id).where(Ticket.id == ticket_id)).first() is None:
        raise gate.not_found(actor, Permission.TICKET_READ, "ticket", ticket_id)


def unmute(session: Session, actor: Actor, ticket_id: int) -> None:
    """Unmute a ticket. Has no effect if it is not muted. Raises NotFound."""
    _require_visible(session, actor, ticket_id)
    row = session.get(Mute, (ticket_id, actor.id))
    if row is not None:
        session.delete(row)
