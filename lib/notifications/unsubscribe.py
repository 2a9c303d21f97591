"""To hear no more: of one ticket, or by mail of all that does not press."""

from sqlmodel import Session, col, select

from db.models import Mute, NotificationPreference, Ticket
from db.vocabulary import NotificationChannel
from lib.access import gate
from lib.notifications import default_rules, rules


def stop_notifications(session: Session, person_id: int, ticket_id: int | None) -> None:
    """Let a person hear no more of a ticket but what calls them by name, or without one get no gathered mail."""
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
