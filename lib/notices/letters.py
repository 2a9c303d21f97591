"""Mails, from what is to be said: text and HTML from the templates, headers that keep a ticket in one thread."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from db.models import Message
from db.vocabulary import Sort
from lib import settings, text
from lib.notices import hours, rules
from lib.notices.contents import Content, Said

TEMPLATES = Path(__file__).parent / "templates"
_STOP = "unsubscribe"
SUBJECTS = {
    Sort.INVITATION: "Your invitation to Docket",
    Sort.PASSWORD: "Set a new password for Docket",
    Sort.TRIAL: "A test from Docket",
}


def write(message: Message, content: Content) -> EmailMessage:
    """Return the mail for a message; the same row always makes the same Message-ID.

    Raises ValueError for what can't stand in a mail's head.
    """
    now = settings.current()
    sender, domain = now.smtp_from or "", (now.smtp_from or "").rpartition("@")[2]
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("Docket", addr_spec=sender)
    mail["To"] = Address(_line(content.name), addr_spec=content.email)
    mail["Subject"] = subject(content)
    mail["Date"] = message.created_at
    mail["Message-ID"] = f"<outbox-{message.id}-{int(message.created_at.timestamp())}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    values: dict[str, Any] = {
        "content": content,
        "base": now.base_url,
        "said": [_shown(s, content) for s in content.said],
    }
    if message.ticket_id is not None:
        first = f"<ticket-{message.ticket_id}@{domain}>"
        mail["In-Reply-To"] = first
        mail["References"] = first
    if content.said:
        stop = f"{now.base_url}/unsubscribe?t={_signer().dumps([content.person_id, message.ticket_id])}"
        mail["List-Unsubscribe"] = f"<{stop}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        values |= {"stop": stop, "reasons": sorted({rules.REASONS[s.relation] for s in content.said})}
    values |= {"ticket": message.ticket_id, "subject": mail["Subject"]}
    name = content.sort.value if content.sort in SUBJECTS else "notices"
    mail.set_content(_templates().get_template(f"{name}.txt").render(values))
    mail.add_alternative(_templates().get_template(f"{name}.html").render(values), subtype="html")
    return mail


def subject(content: Content) -> str:
    """Return a mail's subject, with the ticket's number where it is about one."""
    if not content.said:
        return SUBJECTS[content.sort]
    tickets = {said.ticket for said in content.said}
    if len(tickets) > 1 or content.sort == Sort.DIGEST:
        return f"{len(content.said)} notices on {len(tickets)} ticket{'s' if len(tickets) > 1 else ''}"
    return f"[#{content.said[0].ticket}] {_line(content.said[0].title)}"


def stopped(token: str) -> tuple[int, int | None] | None:
    """Return whose mail about which ticket a signed link ends, or None for a link that Docket did not make."""
    try:
        person, ticket = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return int(person), int(ticket) if ticket is not None else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings.current().key(), salt=_STOP)


def _line(value: str) -> str:
    return " ".join(value.split())


def _shown(said: Said, content: Content) -> dict[str, object]:
    local = said.at.astimezone(hours.zone(content.zone))
    return {
        "ticket": said.ticket, "title": said.title, "actor": said.actor, "sentence": said.sentence, "body": said.body,
        "html": Markup(text.html(said.body)) if said.body else "",  # noqa: S704 - cleaned for the pages too
        "internal": said.internal, "at": f"{local:%d %b %Y, %H:%M} {local.tzname()}", "path": said.path,
    }  # fmt: skip


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["html"]), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
