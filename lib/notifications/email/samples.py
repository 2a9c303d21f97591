"""Sample emails: each template with made-up contents that are marked as such."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from db.models import Message, Person
from db.vocabulary import (
    Action,
    MessageKind,
    NotificationChannel,
    NotificationType,
    Permission,
    RecipientReason,
    Scope,
)
from lib.access import gate
from lib.access.gate import Actor
from lib.audit import events
from lib.core import clock
from lib.core.errors import NotFound
from lib.notifications.content_types import Content, ContentEntry
from lib.notifications.delivery import outbox

SAMPLE_KINDS = {
    MessageKind.SAMPLE_TICKET: MessageKind.TICKET,
    MessageKind.SAMPLE_DIGEST: MessageKind.DIGEST,
    MessageKind.SAMPLE_INVITATION: MessageKind.INVITATION,
    MessageKind.SAMPLE_PASSWORD: MessageKind.PASSWORD,
    MessageKind.SAMPLE_TRIAL: MessageKind.TRIAL,
    MessageKind.SAMPLE_ADDRESS: MessageKind.ADDRESS,
}
"""By kind of sample message, the kind of email it looks like."""
TITLES = {
    MessageKind.TICKET: "Ticket notification",
    MessageKind.DIGEST: "Combined notifications",
    MessageKind.INVITATION: "Invitation",
    MessageKind.PASSWORD: "New password",
    MessageKind.TRIAL: "Test email",
    MessageKind.ADDRESS: "Address change",
}
TICKET_NUMBER = 4711
_REQUEST_TEXT = """The label printer in goods-in prints **blank labels** since this morning.

- the ribbon is new
- switched off and on twice

Its web page says `MEDIA OUT`, though there is paper."""
_NOTE_TEXT = "This is the sensor, as last month. @Robin Sample has a spare."


@dataclass(frozen=True)
class EmailTemplate:
    """An email template's name and title."""

    name: str
    title: str


def list_all(actor: Actor) -> list[EmailTemplate]:
    """Return the email templates. Raises NotPermitted."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    return [EmailTemplate(sort.value, title) for sort, title in TITLES.items()]


def get_kind(name: str) -> MessageKind:
    """Return the kind of message with a template's name. Raises NotFound."""
    for sort in TITLES:
        if sort.value == name:
            return sort
    raise NotFound("There is no template of this name.")


def build_message(name: str) -> Message:
    """Return an unsaved message without a recipient for a template. Raises NotFound."""
    sort = get_kind(name)
    return Message(
        id=0, medium=NotificationChannel.MAIL, sort=sort, person_id=0, created_at=clock.now(), due_at=clock.now(),
        ticket_id=TICKET_NUMBER if sort == MessageKind.TICKET else None,
    )  # fmt: skip


def send(session: Session, actor: Actor, name: str) -> None:
    """Queue a sample email to the actor. Raises NotPermitted, NotFound."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    wanted = get_kind(name)
    outbox.enqueue(
        session,
        NotificationChannel.MAIL,
        next(s for s, looks in SAMPLE_KINDS.items() if looks == wanted),
        actor.id,
    )
    events.record(
        session, actor, Action.DELIVERY_CHANGED, subject="medium:mail", field="delivery", new=f"test {wanted}"
    )


def build_content(sort: MessageKind, person: Person, *, zone: str) -> Content:
    """Return made-up contents for a template, addressed to a person."""
    said: tuple[ContentEntry, ...] = ()
    if sort in (MessageKind.TICKET, MessageKind.DIGEST):
        said = _build_entries(several=sort == MessageKind.DIGEST)
    link = "/set-password?token=sample" if sort in (MessageKind.INVITATION, MessageKind.PASSWORD) else ""
    fresh = person.email if sort == MessageKind.ADDRESS else ""
    return Content(sort, 0, person.name, person.email, zone, said, link=link, sample=True, address=fresh)


def _build_entries(*, several: bool) -> tuple[ContentEntry, ...]:
    title = "Label printer in goods-in is blank again (sample)"
    first = _build_entry(0, title, "Kim Sample", "replied", _REQUEST_TEXT, minutes=12)
    note = _build_entry(0, title, "Alex Sample", "mentioned you in an internal note", _NOTE_TEXT, minutes=3)
    if not several:
        return first, note
    other = "Access to the climate chamber for Robin (sample)"
    given = _build_entry(1, other, "Alex Sample", "assigned it to you", "", minutes=95)
    moved = _build_entry(1, other, "Robin Sample", "moved it from To-Do to In Progress", "", minutes=80)
    return given, moved, first, note


def _build_entry(nth: int, title: str, who: str, sentence: str, body: str, *, minutes: int) -> ContentEntry:
    ticket = TICKET_NUMBER - nth
    return ContentEntry(
        ticket=ticket, title=title, actor=who, sentence=sentence, body=body, internal="note" in sentence,
        at=clock.now() - timedelta(minutes=minutes), path=f"/ticket?id={ticket}",
        relation=RecipientReason.MENTIONED if "mentioned" in sentence else RecipientReason.ASSIGNEE,
        occasion=NotificationType.NOTED if "note" in sentence else NotificationType.REPLIED, discreet=False,
    )  # fmt: skip
