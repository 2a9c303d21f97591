"""Notification settings: what you are notified of, where and when."""

from datetime import time
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import (
    PathNumber,
    RequestSchema,
    ResponseSchema,
    StorableText,
    json_response,
    no_content,
    optional_field,
)
from db.vocabulary import NotificationChannel, NotificationType, RecipientReason
from lib.access.gate import Actor
from lib.notifications import preferences
from lib.notifications.preferences import DeliverySchedule
from lib.transactions import Session, act, see

router = APIRouter(tags=["me"])
TimeOfDay = Annotated[
    str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="a time of your day, as 19:00")
]
Weekday = Annotated[int, Field(strict=True, ge=0, le=6)]


class NotificationPreference(RequestSchema):
    """Your channels for a notification type and reason."""

    occasion: NotificationType
    relation: RecipientReason
    media: list[NotificationChannel] = Field(max_length=len(NotificationChannel))


class Preferences(ResponseSchema):
    """Your notification settings: `days` from 0 for Monday, `hours` between emails, 0 to send each at once."""

    rules: list[NotificationPreference]
    quiet_from: str
    quiet_until: str
    days: list[int]
    hours: int
    timezone: str | None
    slack_id: str
    muted: list[int]


class PreferencesChange(RequestSchema):
    """The changes. Fields that are left out stay the same."""

    rules: list[NotificationPreference] = Field(default_factory=list, max_length=200)
    quiet_from: TimeOfDay = optional_field()
    quiet_until: TimeOfDay = optional_field()
    days: list[Weekday] = optional_field()
    hours: Annotated[int, Field(strict=True)] = optional_field()
    timezone: StorableText = optional_field()
    slack_id: StorableText = optional_field()


def _load_preferences(session: Session, me: Actor) -> Preferences:
    session.flush()
    habit = preferences.get_schedule(session, me)
    return Preferences(
        rules=[
            NotificationPreference(
                occasion=pair[0], relation=pair[1], media=[m for m in NotificationChannel if m in media]
            )
            for pair, media in preferences.get_channels(session, me).items()
        ],
        quiet_from=f"{time(*divmod(habit.quiet_from, 60)):%H:%M}",
        quiet_until=f"{time(*divmod(habit.quiet_until, 60)):%H:%M}",
        days=sorted(habit.days),
        hours=habit.hours,
        timezone=preferences.get_timezone(session, me),
        slack_id=preferences.get_slack_id(session, me),
        muted=list(preferences.list_muted(session, me)),
    )


@router.get("/me/preferences", response_model=Preferences)
def get_preferences(me: Me) -> Response:
    """Get your notification settings."""
    with see() as session:
        return json_response(_load_preferences(session, me))


@router.put("/me/preferences", response_model=Preferences)
def update_preferences(me: Me, form: PreferencesChange) -> Response:
    """Change your notification settings."""
    given = form.model_fields_set
    with act() as session:
        if form.rules:
            preferences.set_channels(
                session, me, {(w.occasion, w.relation): frozenset(w.media) for w in form.rules}
            )
        now = preferences.get_schedule(session, me)
        habit = DeliverySchedule(
            quiet_from=_parse_minutes(form.quiet_from) if "quiet_from" in given else now.quiet_from,
            quiet_until=_parse_minutes(form.quiet_until) if "quiet_until" in given else now.quiet_until,
            days=frozenset(form.days) if "days" in given else now.days,
            hours=form.hours if "hours" in given else now.hours,
        )
        if habit != now:
            preferences.set_schedule(session, me, habit, zone=None)
        if "timezone" in given:
            preferences.set_timezone(session, me, form.timezone)
        if "slack_id" in given:
            preferences.set_slack_id(session, me, form.slack_id)
        return json_response(_load_preferences(session, me))


@router.put("/tickets/{number}/mute", status_code=204)
def mute_ticket(me: Me, number: PathNumber) -> Response:
    """Mute a ticket, except for mentions and assignments."""
    with act() as session:
        preferences.mute(session, me, number)
    return no_content()


@router.delete("/tickets/{number}/mute", status_code=204)
def unmute_ticket(me: Me, number: PathNumber) -> Response:
    """Unmute a ticket."""
    with act() as session:
        preferences.unmute(session, me, number)
    return no_content()


def _parse_minutes(given: str) -> int:
    hour, minute = given.split(":")
    return int(hour) * 60 + int(minute)
