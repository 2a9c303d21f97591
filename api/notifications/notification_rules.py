"""Of what whom Docket tells, and where, unless they chose otherwise."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import MAX_ID, RequestSchema, ResponseSchema, Version, json_response
from db.vocabulary import NotificationChannel, NotificationType, RecipientReason
from lib.notifications import default_rules, rules
from lib.notifications.rules import NotificationRules
from lib.transactions import act, see

router = APIRouter(tags=["notifications"])


class NotificationRule(ResponseSchema):
    """The channels of a notification rule, and the shipped ones."""

    occasion: NotificationType
    relation: RecipientReason
    media: list[NotificationChannel]
    shipped: list[NotificationChannel]
    at_once: bool


class NotificationRulesResponse(ResponseSchema):
    """All rules, and their version."""

    version: int
    rules: list[NotificationRule]


class NotificationRuleChange(RequestSchema):
    """The channels of a notification rule. An empty list turns it off."""

    occasion: NotificationType
    relation: RecipientReason
    media: list[NotificationChannel] = Field(max_length=len(NotificationChannel))


class NotificationRulesChange(RequestSchema):
    """The changes. Rules that are left out stay the same."""

    version: Version
    rules: list[NotificationRuleChange] = Field(min_length=1, max_length=len(default_rules.PAIRS))


def _to_rules(own: NotificationRules) -> NotificationRulesResponse:
    return NotificationRulesResponse(
        version=own.version,
        rules=[
            NotificationRule(
                occasion=pair[0],
                relation=pair[1],
                media=[m for m in NotificationChannel if m in own.cells[pair]],
                shipped=[m for m in NotificationChannel if m in default_rules.channels_for(*pair)],
                at_once=default_rules.is_immediate(*pair),
            )
            for pair in default_rules.PAIRS
        ],
    )


@router.get("/notice-rules", response_model=NotificationRulesResponse)
def get_notification_rules(me: Me) -> Response:
    """Get the notification rules."""
    with see() as session:
        return json_response(_to_rules(rules.get(session, me)))


@router.patch("/notice-rules", response_model=NotificationRulesResponse)
def update_notification_rules(me: Me, form: NotificationRulesChange) -> Response:
    """Change notification rules. All changes are made or none."""
    wanted = {(rule.occasion, rule.relation): frozenset(rule.media) for rule in form.rules}
    with act() as session:
        return json_response(_to_rules(rules.update(session, me, wanted, seen=form.version)))


@router.delete("/notice-rules", response_model=NotificationRulesResponse)
def reset_notification_rules(me: Me, version: Annotated[int, Query(ge=1, le=MAX_ID)]) -> Response:
    """Reset the notification rules to the shipped ones."""
    with act() as session:
        return json_response(_to_rules(rules.reset(session, me, seen=version)))
