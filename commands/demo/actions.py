"""What the people of the stories do, each deed through the verb that everybody uses."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session

from commands.demo.staff import DOMAIN
from db.models import Person, Ticket
from db.vocabulary import Priority
from lib.access import ticket_versions
from lib.access.gate import Actor
from lib.catalog import categories, statuses
from lib.conversation import attachments, comments
from lib.conversation.attachments import Upload
from lib.people import accounts
from lib.tickets import tickets


def create_ticket(
    session: Session, me: Actor, story: Mapping[str, Any], uploads: Mapping[str, Upload]
) -> int:
    """Open the ticket of a story and return its number."""
    kept = [attachments.create(session, me, uploads[name]).id for name in story.get("files", ())]
    ticket = tickets.create(
        session,
        me,
        title=story["title"],
        description=story["text"],
        category_id=categories.get(session, story["category"]).id,
        priority=Priority[story.get("priority", "normal").upper()],
        requester_id=_get_person(session, story["for"]).id if "for" in story else None,
        tags=story.get("tags", ()) if me.staff else (),
        files=kept,
        confidential=story.get("confidential", False),
    )
    return ticket.id


def _get_person(session: Session, key: str) -> Person:
    person = accounts.find_by_email(session, f"{key}@{DOMAIN}")
    assert person, f"the stories name {key}, who is not there"
    return person


def _assign(session: Session, me: Actor, ticket: Ticket, key: str) -> None:
    tickets.assign(
        session, me, ticket, to=_get_person(session, key).id, seen=ticket_versions.visible_version(me, ticket)
    )


def _move(session: Session, me: Actor, ticket: Ticket, name: str) -> None:
    tickets.move(
        session, me, ticket, to=statuses.get(session, name), seen=ticket_versions.visible_version(me, ticket)
    )


ACTIONS: dict[str, Callable[[Session, Actor, Ticket, Any], Any]] = {
    "assign": _assign,
    "copy": lambda session, me, ticket, key: tickets.add_cc(session, me, ticket, _get_person(session, key)),
    "move": _move,
    "note": lambda session, me, ticket, body: comments.add(session, me, ticket, body=body, internal=True),
    "prioritize": lambda session, me, ticket, name: tickets.prioritize(
        session, me, ticket, priority=Priority[name.upper()], seen=ticket_versions.visible_version(me, ticket)
    ),
    "tag": lambda session, me, ticket, names: tickets.set_tags(
        session, me, ticket, tags=names, seen=ticket_versions.visible_version(me, ticket)
    ),
    "reply": lambda session, me, ticket, body: comments.add(session, me, ticket, body=body),
    "take": lambda session, me, ticket, _words: tickets.claim(session, me, ticket),
}


STAFF_ACTIONS = {"assign", "note", "prioritize", "take"}
"""What only people who work a ticket do: the first of them tags it as its story says, where a requester opened it."""


def perform(session: Session, me: Actor, number: int, deed: str, words: Any) -> None:
    """Do one deed on the ticket with a number."""
    ACTIONS[deed](session, me, tickets.find(session, me, number), words)
    session.flush()
