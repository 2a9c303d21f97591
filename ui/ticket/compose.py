"""Between the writer and the desk: drafts in, one ticket or comment out, however often it is sent."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from db.models import Ticket
from db.vocabulary import Priority
from lib.access.gate import Actor
from lib.audit import idempotency
from lib.catalog.categories import CategoryCard
from lib.conversation import attachments, comments, drafts, mentions
from lib.conversation.attachments import AttachmentCard
from lib.conversation.drafts import DraftCard
from lib.core.errors import Invalid, OutcomeUnknown, Refusal, Unavailable
from lib.tickets import tickets
from lib.transactions import Session
from ui.components.writer_values import Composition, Submission
from ui.shared import page

Result = TypeVar("Result")

SEND_AGAIN = (
    "The connection to the database broke while this was being saved, so Docket can't tell whether it was saved. "
    "Your text is still here. Send it again in a moment. Nothing is saved twice."
)
UNCONFIRMED = "unsure:"
"""In the session: the token of a draft that was sent, as long as nobody knows how that ended."""
RETRY_DELAYS = (0, 1, 2)
"""Seconds to wait before each look at how the sending of a draft ended."""


def load_draft(session: Session, actor: Actor, slot: str) -> DraftCard:
    """Return the draft of a place; until it is first saved its token stays the same on this page."""
    draft = drafts.load(session, actor, slot)
    unsure = st.session_state.get(UNCONFIRMED + slot)
    if unsure is not None:
        return draft if draft.token == unsure else DraftCard(slot, unsure)
    if draft.updated_at is not None:
        return draft
    fresh = st.session_state.setdefault(f"token:{slot}", draft.token)
    if idempotency.is_used(session, actor, drafts.submission_key(fresh)):
        fresh = st.session_state[f"token:{slot}"] = draft.token
    return DraftCard(slot, fresh)


def discard_draft(session: Session, actor: Actor, slot: str) -> None:
    """Throw the draft of a place away; the next one there begins with a fresh token, which empties the writer."""
    drafts.discard(session, actor, slot)
    st.session_state.pop(f"token:{slot}", None)
    st.session_state.pop(UNCONFIRMED + slot, None)


def submit_draft(draft: DraftCard, create: Callable[[Session], Result]) -> Result:
    """Send a draft in one transaction. When that breaks during the commit, send it again: what is there is found.

    Raises Refusal; as long as nobody knows how it ended the draft keeps its token, so that sending it again is safe.
    """
    key = UNCONFIRMED + draft.slot
    try:
        with page.act() as session:
            made = create(session)
    except OutcomeUnknown:
        st.session_state[key] = draft.token
        made = _submit_again(create)
    st.session_state.pop(key, None)
    return made


def _submit_again(create: Callable[[Session], Result]) -> Result:
    for wait in RETRY_DELAYS:
        time.sleep(wait)
        try:
            with page.act() as session:
                return create(session)
        except Unavailable:
            continue
    raise OutcomeUnknown(SEND_AGAIN)


def load_files(actor: Actor, draft: DraftCard) -> list[AttachmentCard]:
    """Return the files that were uploaded for a draft and are still there."""
    found = []
    with page.see() as session:
        for id in draft.values.get("attachments") or []:
            try:
                row = attachments.get(session, actor, str(id))
            except Refusal:
                continue
            found.append(attachments.to_card(row, actor.name))
    return found


def build_draft_saver(slot: str, token: str) -> Callable[[str], None]:
    """Return what a widget beside the writer calls to keep its value in the draft."""

    def keep(field: str) -> None:
        value = st.session_state.get(f"{field}-{token}")
        _save_draft(slot, token, {field: value.isoformat() if isinstance(value, date) else value})

    return keep


def build_custom_fields_saver(slot: str, token: str) -> Callable[[Mapping[str, Any]], None]:
    """Return what saves the custom fields in the draft, all at once."""
    return lambda given: _save_draft(slot, token, {"fields": dict(given)})


def _save_draft(slot: str, token: str, values: Mapping[str, Any]) -> None:
    try:
        with page.act() as session:
            drafts.save(session, page.me(), slot, token=token, values=values)
    except Refusal as refusal:
        page.flash(refusal.sentence, good=False)


def parse_date(kept: Any) -> date | None:
    """Return a day as a draft holds it, or None for none."""
    try:
        return date.fromisoformat(kept)
    except (TypeError, ValueError):
        return None


def list_with_ancestors(known: Mapping[int, CategoryCard], category_id: int | None) -> Iterator[CategoryCard]:
    """Yield a category and those above it, the nearest first."""
    while category_id is not None and category_id in known:
        yield known[category_id]
        category_id = known[category_id].parent_id


def default_priority(known: Mapping[int, CategoryCard], category_id: int | None) -> Priority:
    """Return the priority with which tickets of a category begin: its own, else of the nearest above that has one."""
    return next((c.priority for c in list_with_ancestors(known, category_id) if c.priority), Priority.NORMAL)


def save_category(keep: Callable[[str], None], known: Mapping[int, CategoryCard], draft: DraftCard) -> None:
    """Keep the category that was chosen, and let the priority follow it until somebody chooses one."""
    keep("category")
    if "priority" not in draft.values:
        chosen = st.session_state.get(f"category-{draft.token}")
        st.session_state[f"priority-{draft.token}"] = default_priority(known, chosen)


def index_of(options: Iterable[Any], value: Any) -> int | None:
    """Return where `value` stands among options, or the first place, or None when there are none."""
    listed = list(options)
    return listed.index(value) if value in listed else (0 if listed else None)


@dataclass(frozen=True)
class SendResult:
    """What the sending of a draft made, by number; `late` when it was made before the last changes to the draft."""

    made: int
    late: bool


def create_ticket(
    session: Session,
    actor: Actor,
    draft: DraftCard,
    written: Composition,
    *,
    category_id: int | None,
    levels: Mapping[str, Any],
    requester_id: int | None,
    confidential: bool,
    tags: Iterable[str] = (),
    due_on: date | None = None,
    fields: Mapping[str, Any] | None = None,
    proposal: str = "",
) -> SendResult:
    """Open the ticket of a draft; sent twice, it is the same, and what was changed since becomes a reply's draft.

    `levels` are the fields of that type, by name. Raises Refusal.
    """
    if written.uploading:
        raise Invalid("A file is still uploading. Wait until it is done, then create the ticket.")

    def create() -> str:
        ticket = tickets.create(
            session,
            actor,
            title=written.title,
            description=written.body,
            category_id=category_id,
            **levels,
            requester_id=requester_id,
            files=written.attachments,
            confidential=confidential,
            tags=tags,
            due_on=due_on,
            fields=fields,
            proposed_category=proposal,
        )
        drafts.discard(session, actor, draft.slot)
        return str(ticket.id)

    sent = _run_once(session, actor, draft, (written.title, written.body, written.attachments), create)
    if sent.late:
        text = f"{written.title}\n\n{written.body}".strip()
        _save_late_changes(session, actor, f"ticket-{sent.made}", text, written.attachments)
    return sent


def add_comment(session: Session, actor: Actor, ticket: Ticket, draft: DraftCard, sent: Submission) -> str:
    """Add the comment of a draft and return what to tell its author; sent twice, it is the same. Raises Refusal.

    What was changed after it was sent stays as a new draft.
    """
    internal = sent.visibility == "internal"

    def create() -> str:
        made = comments.add(session, actor, ticket, body=sent.body, internal=internal, files=sent.attachments)
        drafts.discard(session, actor, draft.slot)
        return str(made.id)

    if _run_once(session, actor, draft, (sent.visibility, sent.body, sent.attachments), create).late:
        _save_late_changes(
            session, actor, draft.slot, sent.body, sent.attachments, visibility=sent.visibility
        )
        return "This was already sent without your last changes. They are in a new draft below."
    missed = mentions.find_in_text(session, actor, ticket, body=sent.body, internal=internal).missed
    done = "Note added." if internal else "Reply sent."
    why = "can't read internal notes here" if internal else "can't see this ticket"
    return f"{done} Not mentioned, because they {why}: {', '.join(missed)}." if missed else done


def _run_once(
    session: Session, actor: Actor, draft: DraftCard, content: tuple[Any, ...], create: Callable[[], str]
) -> SendResult:
    key = drafts.submission_key(draft.token)
    fingerprint = hashlib.sha256(repr((draft.slot, *content)).encode()).hexdigest()
    kept = idempotency.find(session, actor, key)
    if kept is not None:
        return SendResult(int(kept.answer), late=kept.fingerprint != fingerprint)
    return SendResult(
        int(idempotency.run_once(session, actor, key, fingerprint=fingerprint, create=create)), late=False
    )


def _save_late_changes(
    session: Session, actor: Actor, slot: str, text: str, uploads: Iterable[str], **more: str
) -> None:
    """Keep what was changed too late as a draft of its own, behind what is written there already."""
    there = drafts.load(session, actor, slot)
    before = str(there.values.get("body") or "")
    unused = [id for id in uploads if attachments.get(session, actor, id).ticket_id is None]
    values = {"body": "\n\n".join(filter(None, [before, text])), "attachments": unused, **more}
    drafts.save(session, actor, slot, token=there.token, values=values)
