"""Mails, from what is to be said: text and HTML from the templates, headers that keep a ticket in one thread."""

import secrets
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from sqlmodel import Session

from db.models import Message, Person
from db.vocabulary import Permission, Scope, Sort
from lib import gate, settings
from lib.gate import Actor
from lib.markdown import rendering
from lib.notices import heads, hours, rules, samples
from lib.notices.saying import Content, Said

TEMPLATES = Path(__file__).parent / "templates"


NOBODY = "docket@localhost.invalid"
"""Who mails are from while mail is not set up, and they can only be looked at."""
_STOP = "unsubscribe"
SUBJECTS = {
    Sort.INVITATION: "Your invitation to Docket",
    Sort.PASSWORD: "Set a new password for Docket",
    Sort.TRIAL: "A test from Docket",
    Sort.ADDRESS: "Your address at Docket was changed",
}


def write(message: Message, content: Content) -> EmailMessage:
    """Return the mail for a message; the same row always makes the same Message-ID.

    Raises ValueError for what can't stand in a mail's head.
    """
    now = settings.current()
    sender = now.smtp_from or NOBODY
    domain = sender.rpartition("@")[2]
    mail = EmailMessage(policy=heads.POLICY)
    mail["From"] = _from(sender)
    mail["To"] = Address(_line(content.name), addr_spec=content.email)
    mail["Subject"] = f"[Sample] {subject(content)}" if content.sample else subject(content)
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<outbox-{message.id}-{int(message.created_at.timestamp())}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    values: dict[str, Any] = {
        "content": content,
        "base": now.base_url,
        "said": [_shown(s, content) for s in content.said],
    }
    if message.ticket_id is not None and not content.sample:
        first = f"<ticket-{message.ticket_id}@{domain}>"
        mail["In-Reply-To"] = first
        mail["References"] = first
    if content.said:
        stop = f"{now.base_url}/unsubscribe?t={_signer().dumps([content.person_id, message.ticket_id])}"
        if content.sample:
            stop = f"{now.base_url}/hearing"
        else:
            mail["List-Unsubscribe"] = f"<{stop}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        values |= {"stop": stop, "reasons": sorted({rules.REASONS[s.relation] for s in content.said})}
    several = content.sort == Sort.DIGEST
    values |= {
        "ticket": None if several or not content.said else content.said[-1].ticket,
        "subject": mail["Subject"],
    }
    name = content.sort.value if content.sort in SUBJECTS else "notices"
    mail.set_content(_templates().get_template(f"{name}.txt").render(values))
    mail.make_alternative(boundary=f"={secrets.token_hex(12)}=")  # or one is looked for all through the mail
    mail.add_alternative(_templates().get_template(f"{name}.html").render(values), subtype="html")
    return mail


def sample(session: Session, actor: Actor, name: str) -> EmailMessage:
    """Return a template with made-up contents. Raises NotPermitted, NotFound."""
    gate.require(actor, Permission.SYSTEM_MANAGE, least=Scope.ALL)
    message = samples.message(name)
    return write(message, samples.content(Sort(message.sort), session.get_one(Person, actor.id)))


def looked_at(mail: EmailMessage, *, dark: bool) -> tuple[str, str]:
    """Return a mail's text, and its HTML as a light or a dark mail program shows it, with links that lead nowhere."""
    plain, rich = (mail.get_body((kind,)) for kind in ("plain", "html"))
    html = rich.get_content() if rich else ""
    html = html.replace("@media (prefers-color-scheme: dark)", "@media all" if dark else "@media not all")
    html = html.replace("</head>", "<style>a { pointer-events: none }</style></head>")
    return plain.get_content() if plain else "", html


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


@cache
def _from(sender: str) -> str:
    return str(Address("Docket", addr_spec=sender))


def _line(value: str) -> str:
    return " ".join(value.split())


def _shown(said: Said, content: Content) -> dict[str, object]:
    local = said.at.astimezone(hours.zone(content.zone))
    return {
        "ticket": said.ticket, "title": said.title, "actor": said.actor, "sentence": said.sentence, "body": said.body,
        "html": Markup(rendering.to_html(said.body)) if said.body else "",  # noqa: S704 - cleaned for the pages too
        "internal": said.internal, "at": f"{local:%d %b %Y, %H:%M} {local.tzname()}", "path": said.path,
    }  # fmt: skip


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["html"]), undefined=StrictUndefined,
        auto_reload=False, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
