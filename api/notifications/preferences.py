"""What you hear, where and when."""

from datetime import time
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import Form, Number, Shape, Words, done, shown, unset
from db.vocabulary import NotificationChannel, NotificationType, RecipientReason
from lib.access.gate import Actor
from lib.notifications import preferences
from lib.notifications.preferences import Habit
from lib.transactions import Session, act, see

router = APIRouter(tags=["me"])
Minutes = Annotated[
    str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="a time of your day, as 19:00")
]
Weekday = Annotated[int, Field(strict=True, ge=0, le=6)]


class Wish(Form):
    """Where you hear of an occasion for a reason."""

    occasion: NotificationType
    relation: RecipientReason
    media: list[NotificationChannel] = Field(max_length=len(NotificationChannel))


class Preferences(Shape):
    """What you hear and when: `days` from 0 for Monday, `hours` between mails, 0 for each at once."""

    rules: list[Wish]
    quiet_from: str
    quiet_until: str
    days: list[int]
    hours: int
    timezone: str | None
    slack_id: str
    muted: list[int]


class PreferencesChange(Form):
    """What is to be changed; the rest stays."""

    rules: list[Wish] = Field(default_factory=list, max_length=200)
    quiet_from: Minutes = unset()
    quiet_until: Minutes = unset()
    days: list[Weekday] = unset()
    hours: Annotated[int, Field(strict=True)] = unset()
    timezone: Words = unset()
    slack_id: Words = unset()


def _shape(session: Session, me: Actor) -> Preferences:
    session.flush()
    habit = preferences.habit(session, me)
    return Preferences(
        rules=[
            Wish(occasion=pair[0], relation=pair[1], media=[m for m in NotificationChannel if m in media])
            for pair, media in preferences.of(session, me).items()
        ],
        quiet_from=f"{time(*divmod(habit.quiet_from, 60)):%H:%M}",
        quiet_until=f"{time(*divmod(habit.quiet_until, 60)):%H:%M}",
        days=sorted(habit.days),
        hours=habit.hours,
        timezone=preferences.timezone(session, me),
        slack_id=preferences.slack_id(session, me),
        muted=list(preferences.muted(session, me)),
    )


@router.get("/me/preferences", response_model=Preferences)
def read(me: Me) -> Response:
    """Read what you hear, where and when."""
    with see() as session:
        return shown(_shape(session, me))


@router.put("/me/preferences", response_model=Preferences)
def change(me: Me, form: PreferencesChange) -> Response:
    """Hear other things, elsewhere or at other times."""
    given = form.model_fields_set
    with act() as session:
        if form.rules:
            preferences.choose(
                session, me, {(w.occasion, w.relation): frozenset(w.media) for w in form.rules}
            )
        now = preferences.habit(session, me)
        habit = Habit(
            quiet_from=_minutes(form.quiet_from) if "quiet_from" in given else now.quiet_from,
            quiet_until=_minutes(form.quiet_until) if "quiet_until" in given else now.quiet_until,
            days=frozenset(form.days) if "days" in given else now.days,
            hours=form.hours if "hours" in given else now.hours,
        )
        if habit != now:
            preferences.keep(session, me, habit, zone=None)
        if "timezone" in given:
            preferences.set_timezone(session, me, form.timezone)
        if "slack_id" in given:
            preferences.be_in_slack(session, me, form.slack_id)
        return shown(_shape(session, me))


@router.put("/tickets/{number}/mute", status_code=204)
def mute(me: Me, number: Number) -> Response:
    """Hear no more of a ticket, but of mentions of you and of being given it."""
    with act() as session:
        preferences.mute(session, me, number)
    return done()


@router.delete("/tickets/{number}/mute", status_code=204)
def unmute(me: Me, number: Number) -> Response:
    """Hear of a ticket again."""
    with act() as session:
        preferences.unmute(session, me, number)
    return done()


def _minutes(given: str) -> int:
    hour, minute = given.split(":")
    return int(hour) * 60 + int(minute)
