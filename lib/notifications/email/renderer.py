"""Email renderer: text and HTML from templates, with headers that keep a ticket's emails in one thread."""

import secrets
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from sqlmodel import Session

from db.models import Message, Person
from db.vocabulary import MessageKind, NotificationChannel, Permission, Scope
from lib.access import gate
from lib.access.gate import Actor
from lib.core import dates, email_addresses, settings, time_zones
from lib.desk_settings import desk_settings
from lib.markdown import rendering
from lib.notifications import default_rules
from lib.notifications.content_types import ChannelPost, Content, ContentEntry
from lib.notifications.delivery.channel import Channel
from lib.notifications.email import samples
from lib.notifications.email.headers import EmailHeaders, Mailbox

TEMPLATES = Path(__file__).parent / "templates"


FALLBACK_SENDER = "docket@localhost.invalid"
"""The sender while email is not set up and emails can only be previewed."""
_UNSUBSCRIBE_SALT = "unsubscribe"
SUBJECTS = {
    MessageKind.INVITATION: "Your invitation to Docket",
    MessageKind.PASSWORD: "Set a new password for Docket",
    MessageKind.TRIAL: "Test email from Docket",
    MessageKind.ADDRESS: "Your Docket email address was changed",
}


_POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True)
class Email:
    """An email as sent to the server: its recipient in ASCII, its subject and all its bytes."""

    to: str
    subject: str
    raw: bytes


class EmailChannel(Channel):
    """Email as a notification channel."""

    name = NotificationChannel.MAIL
    label = "email"
    phrase = "By email"
    needs = "DOCKET_SMTP_HOST and DOCKET_SMTP_FROM"
    digests = testable = True
    third_party = False

    def configured(self) -> bool:
        """Return whether there is a mail server and a sender address."""
        now = settings.current()
        return bool(now.smtp_host and now.smtp_from)

    def render(self, message: Message, content: Content | ChannelPost) -> Email:
        """Return the email for a message. Raises ValueError for what can't be in an email."""
        if isinstance(content, ChannelPost):
            raise TypeError("teams have no room in emails")
        return render(message, content)


def render(message: Message, content: Content) -> Email:
    """Return the email for a message. The same row always gets the same Message-ID.

    Raises ValueError for what can't be in an email, such as an invalid address.
    """
    head = _build_headers(message, content)
    body = _build_body(content, head.subject, _build_unsubscribe_link(message, content))
    raw = head.lines() + body.as_bytes()
    head.check(raw)
    return Email(head.to.address, head.subject, raw)


def _build_headers(message: Message, content: Content) -> EmailHeaders:
    sender = settings.current().smtp_from or FALLBACK_SENDER
    domain = sender.rpartition("@")[2]
    fixed = {
        "Date": format_datetime(message.created_at),
        "Message-ID": f"<outbox-{message.id}-{int(message.created_at.timestamp())}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if message.ticket_id is not None and not content.sample:
        fixed["In-Reply-To"] = fixed["References"] = f"<ticket-{message.ticket_id}@{domain}>"
    if content.said and not content.sample:
        fixed["List-Unsubscribe"] = f"<{_build_unsubscribe_link(message, content)}>"
        fixed["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    to = Mailbox(_collapse_whitespace(content.name), email_addresses.parse(content.email))
    written = f"[Sample] {format_subject(content)}" if content.sample else format_subject(content)
    return EmailHeaders(Mailbox("Docket", sender), to, written, fixed)


def _build_body(content: Content, subject: str, stop: str) -> EmailMessage:
    """Return text and HTML, with only the headers that describe the content."""
    several = content.sort == MessageKind.DIGEST
    values: dict[str, Any] = {
        "content": content, "base": settings.current().base_url, "subject": subject, "stop": stop,
        "said": [_build_template_entry(s, content) for s in content.said],
        "ticket": None if several or not content.said else content.said[-1].ticket,
        "reasons": sorted({default_rules.REASONS[s.relation] for s in content.said}),
    }  # fmt: skip
    name = content.sort.value if content.sort in SUBJECTS else "notices"
    body = EmailMessage(policy=_POLICY)
    body.set_content(_load_templates().get_template(f"{name}.txt").render(values))
    # Otherwise the library scans the whole email for a unique boundary.
    body.make_alternative(boundary=f"={secrets.token_hex(12)}=")
    body.add_alternative(_load_templates().get_template(f"{name}.html").render(values), subtype="html")
    return body


def _build_unsubscribe_link(message: Message, content: Content) -> str:
    base = settings.current().base_url
    if content.sample:
        return f"{base}/notification-settings"
    return f"{base}/unsubscribe?t={_signer().dumps([content.person_id, message.ticket_id])}"


def render_sample(session: Session, actor: Actor, name: str) -> Email:
    """Return a template with made-up contents. Raises NotPermitted, NotFound."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    message = samples.build_message(name)
    person = session.get_one(Person, actor.id)
    zone = desk_settings.resolve_zone(session, person.timezone).key
    return render(message, samples.build_content(MessageKind(message.sort), person, zone=zone))


def render_preview(mail: Email, *, dark: bool) -> tuple[str, str]:
    """Return an email's text, and its HTML as a light or dark email client shows it, with disabled links."""
    found = message_from_bytes(mail.raw, policy=default)
    plain, rich = (found.get_body((kind,)) for kind in ("plain", "html"))
    html = rich.get_content() if rich else ""
    html = html.replace("@media (prefers-color-scheme: dark)", "@media all" if dark else "@media not all")
    html = html.replace("</head>", "<style>a { pointer-events: none }</style></head>")
    return plain.get_content() if plain else "", html


def format_subject(content: Content) -> str:
    """Return an email's subject, with the ticket's number if it is about one ticket."""
    if not content.said:
        return SUBJECTS[content.sort]
    tickets = {said.ticket for said in content.said}
    if len(tickets) > 1 or content.sort == MessageKind.DIGEST:
        return f"{len(content.said)} notifications on {len(tickets)} ticket{'s' if len(tickets) > 1 else ''}"
    return f"[#{content.said[0].ticket}] {_collapse_whitespace(content.said[0].title)}"


def parse_unsubscribe_token(token: str) -> tuple[int, int | None] | None:
    """Return the person id and ticket number of a signed unsubscribe link, or None if Docket did not make it."""
    try:
        person, ticket = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return int(person), int(ticket) if ticket is not None else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings.current().key(), salt=_UNSUBSCRIBE_SALT)


def _collapse_whitespace(value: str) -> str:
    return " ".join(value.split())


def _build_template_entry(said: ContentEntry, content: Content) -> dict[str, object]:
    zone = time_zones.find(content.zone)
    at = f"{dates.format_moment(said.at, zone)} {said.at.astimezone(zone):%Z}"
    return {
        "ticket": said.ticket, "title": said.title, "actor": said.actor, "sentence": said.sentence, "body": said.body,
        "html": Markup(rendering.to_html(said.body)) if said.body else "",  # noqa: S704 - sanitized, as for pages
        "internal": said.internal, "at": at, "path": said.path,
    }  # fmt: skip


@cache
def _load_templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["html"]), undefined=StrictUndefined,
        auto_reload=False, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
