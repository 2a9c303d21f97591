"""Unsubscribing by a link in an email: from one ticket, or from combined emails."""

from sqlmodel import Session, col, select

from db.models import Mute, NotificationPreference, Ticket
from db.vocabulary import NotificationChannel
from lib.access import gate
from lib.notifications import default_rules, rules


def stop_notifications(session: Session, person_id: int, ticket_id: int | None) -> None:
    """Mute a ticket for a person, or without one stop their combined emails."""
    if ticket_id is None:
        _stop_emails(session, person_id)
        return
    there = gate.unscoped(select(Ticket.id).where(Ticket.id == ticket_id), "only whether the ticket exists")
    if session.exec(there).first() is not None and session.get(Mute, (ticket_id, person_id)) is None:
        session.add(Mute(ticket_id=ticket_id, person_id=person_id))


def _stop_emails(session: Session, person_id: int) -> None:
    held = select(NotificationPreference).where(
        NotificationPreference.person_id == person_id,
        NotificationPreference.medium == NotificationChannel.MAIL,
    )
    chose = {
        (row.occasion, row.relation): row
        for row in session.exec(held.order_by(col(NotificationPreference.occasion)))
    }
    own = rules.load(session)
    for occasion, relation in own.told:
        if NotificationChannel.MAIL in own.media(occasion, relation) and not default_rules.is_immediate(
            occasion, relation
        ):
            row = chose.get((occasion, relation)) or NotificationPreference(
                person_id=person_id,
                occasion=occasion,
                relation=relation,
                medium=NotificationChannel.MAIL,
                wanted=False,
            )
            row.wanted = False
            session.add(row)
