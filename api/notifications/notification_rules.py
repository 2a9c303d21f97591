"""Of what whom Docket tells, and where, unless they chose otherwise."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.schemas import HIGHEST, Form, Shape, Version, shown
from db.vocabulary import NotificationChannel, NotificationType, RecipientReason
from lib.notifications import default_rules, rules
from lib.notifications.rules import Book
from lib.transactions import act, see

router = APIRouter(tags=["notifications"])


class Rule(Shape):
    """Where somebody hears of an occasion, and where they would in a desk that changed nothing."""

    occasion: NotificationType
    relation: RecipientReason
    media: list[NotificationChannel]
    shipped: list[NotificationChannel]
    at_once: bool


class Rules(Shape):
    """All rules, and their version."""

    version: int
    rules: list[Rule]


class NewRule(Form):
    """Where somebody is to hear of an occasion; an empty list for not at all."""

    occasion: NotificationType
    relation: RecipientReason
    media: list[NotificationChannel] = Field(max_length=len(NotificationChannel))


class RulesChange(Form):
    """What is to be changed; rules that are left out stay."""

    version: Version
    rules: list[NewRule] = Field(min_length=1, max_length=len(default_rules.PAIRS))


def _shape(own: Book) -> Rules:
    return Rules(
        version=own.version,
        rules=[
            Rule(
                occasion=pair[0],
                relation=pair[1],
                media=[m for m in NotificationChannel if m in own.cells[pair]],
                shipped=[m for m in NotificationChannel if m in default_rules.media(*pair)],
                at_once=default_rules.pressing(*pair),
            )
            for pair in default_rules.PAIRS
        ],
    )


@router.get("/notice-rules", response_model=Rules)
def read(me: Me) -> Response:
    """Read the rules."""
    with see() as session:
        return shown(_shape(rules.read(session, me)))


@router.patch("/notice-rules", response_model=Rules)
def change(me: Me, form: RulesChange) -> Response:
    """Change rules, all of those named or none."""
    wanted = {(rule.occasion, rule.relation): frozenset(rule.media) for rule in form.rules}
    with act() as session:
        return shown(_shape(rules.change(session, me, wanted, seen=form.version)))


@router.delete("/notice-rules", response_model=Rules)
def reset(me: Me, version: Annotated[int, Query(ge=1, le=HIGHEST)]) -> Response:
    """Go back to the rules that came with Docket."""
    with act() as session:
        return shown(_shape(rules.reset(session, me, seen=version)))
