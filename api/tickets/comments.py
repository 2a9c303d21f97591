"""Comments: public replies, and internal notes for those who may read them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.idempotency import CreateDependency, CreatedResource
from api.shared.schemas import (
    Cursor,
    Limit,
    Page,
    PathNumber,
    Reference,
    RequestSchema,
    ResponseSchema,
    StorableText,
    Version,
    json_response,
    no_content,
)
from api.tickets.ticket_schemas import File, to_file
from lib.conversation import attachments, comments, mentions
from lib.conversation.comments import CommentCard
from lib.core import pagination, text
from lib.markdown import names, rendering
from lib.tickets import tickets
from lib.transactions import Session, act, see

router = APIRouter(tags=["comments"])

Visibility = Literal["public", "internal"]


class NewComment(RequestSchema):
    """A text and who can read it."""

    body: StorableText
    visibility: Visibility = "public"
    attachments: list[StorableText] = Field(default_factory=list, description="ids of your uploads")


class CommentChange(RequestSchema):
    """A new text for your comment."""

    body: StorableText
    version: Version


class Comment(ResponseSchema):
    """A comment. A deleted one keeps its place without its text.

    `not_mentioned` names, in the answer to writing it, people behind an @ who may not read it.
    """

    id: int
    author: Reference
    body: str
    body_html: str
    visibility: Visibility
    attachments: list[File]
    mentions: list[Reference]
    not_mentioned: list[str] = Field(default_factory=list)
    created: datetime
    edited: datetime | None
    removed: bool
    editable: bool
    merged_from: int | None
    """The number of the merged ticket that it came from."""
    version: int


class MentionText(RequestSchema):
    """The text to preview and who can read it."""

    body: Annotated[StorableText, Field(max_length=text.BODY_LIMIT)]
    visibility: Visibility = "public"


class MentionPreview(ResponseSchema):
    """Who would be mentioned, who can't be because they may not read it, and the rendered text."""

    mentions: list[Reference]
    not_mentioned: list[str]
    html: str


def _to_comment(card: CommentCard, files: list[File], missed: Iterable[str] = ()) -> Comment:
    return Comment(
        id=card.id,
        author=Reference(id=card.author_id, name=card.author),
        body=card.body,
        body_html=names.to_html_with_mentions(card.body, card.mentions.values()),
        visibility="internal" if card.internal else "public",
        attachments=[] if card.removed else files,
        mentions=[Reference(id=id, name=name) for id, name in card.mentions.items()],
        not_mentioned=list(missed),
        created=card.created_at,
        edited=card.edited_at,
        removed=card.removed,
        editable=card.editable,
        merged_from=card.came_from,
        version=card.version,
    )


@router.get("/tickets/{number}/comments", response_model=Page[Comment])
def list_comments(
    me: Me,
    number: PathNumber,
    limit: Annotated[Limit, Query()] = 50,
    cursor: Annotated[Cursor, Query()] = None,
) -> Response:
    """List the comments that you may read, oldest first."""
    place = f"comments:{number}"
    with see() as session:
        ticket = tickets.find(session, me, number)
        after = pagination.parse_id_cursor(place, cursor) or 0
        cards = comments.list_for_ticket(session, me, ticket, after=after, limit=limit + 1)
        files: dict[int | None, list[File]] = {}
        for card in attachments.list_for_ticket(session, me, ticket):
            files.setdefault(card.comment_id, []).append(to_file(card))
    items = [_to_comment(card, files.get(card.id, [])) for card in cards[:limit]]
    more = pagination.format_cursor(place, items[-1].id) if len(cards) > limit else None
    return json_response(Page(items=items, next_cursor=more))


@router.post("/tickets/{number}/comments", status_code=201, response_model=Comment)
def create_comment(creating: CreateDependency, number: PathNumber, form: NewComment) -> Response:
    """Say something on a ticket."""
    me = creating.me
    rendering.prerender(form.body)

    def create(session: Session) -> CreatedResource:
        ticket = tickets.find(session, me, number, to_change=True)
        internal = form.visibility == "internal"
        row = comments.add(session, me, ticket, body=form.body, internal=internal, files=form.attachments)
        session.flush()
        files = [
            to_file(f) for f in attachments.list_for_ticket(session, me, ticket) if f.comment_id == row.id
        ]
        missed = mentions.find_in_text(session, me, ticket, body=row.body, internal=internal).missed
        return CreatedResource(
            f"/comments/{row.id}", _to_comment(comments.to_card(session, me, row, me.name), files, missed)
        )

    return creating.once(form, create)


@router.get("/tickets/{number}/mentionable", response_model=Page[Reference])
def list_mentionable_people(
    me: Me,
    number: PathNumber,
    search: Annotated[StorableText, Query(max_length=120)] = "",
    visibility: Annotated[Visibility, Query()] = "public",
) -> Response:
    """List the people that a comment can mention. `name` is the text after the @."""
    with see() as session:
        ticket = tickets.find(session, me, number)
        found = mentions.suggest_people(session, me, ticket, search=search, internal=visibility == "internal")
    return json_response(Page(items=[Reference(id=p.id, name=p.name) for p in found]))


@router.post("/tickets/{number}/mentions", response_model=MentionPreview)
def preview_mentions(me: Me, number: PathNumber, form: MentionText) -> Response:
    """Preview a comment and whom it would mention."""
    with see() as session:
        ticket = tickets.find(session, me, number)
        found = mentions.find_in_text(
            session, me, ticket, body=form.body, internal=form.visibility == "internal"
        )
    people = [Reference(id=id, name=name) for id, name in found.people.items()]
    html = names.to_html_with_mentions(form.body, found.people.values())
    return json_response(MentionPreview(mentions=people, not_mentioned=list(found.missed), html=html))


@router.get("/comments/{id}", response_model=Comment)
def get_comment(me: Me, id: PathNumber) -> Response:
    """Get a comment."""
    with see() as session:
        row, ticket = comments.get_with_ticket(session, me, id)
        files = [
            to_file(f) for f in attachments.list_for_ticket(session, me, ticket) if f.comment_id == row.id
        ]
        return json_response(
            _to_comment(comments.to_card(session, me, row, comments.get_author_name(session, row)), files)
        )


@router.patch("/comments/{id}", response_model=Comment)
def update_comment(me: Me, id: PathNumber, form: CommentChange) -> Response:
    """Rewrite your own comment, within 15 minutes."""
    rendering.prerender(form.body)
    with act() as session:
        row, ticket = comments.get_with_ticket(session, me, id, to_change=True)
        comments.edit(session, me, row, ticket, body=form.body, seen=form.version)
        files = [
            to_file(f) for f in attachments.list_for_ticket(session, me, ticket) if f.comment_id == row.id
        ]
        missed = mentions.find_in_text(session, me, ticket, body=row.body, internal=row.internal).missed
        return json_response(_to_comment(comments.to_card(session, me, row, me.name), files, missed))


@router.delete("/comments/{id}", status_code=204)
def delete_comment(me: Me, id: PathNumber) -> Response:
    """Delete your own comment, within 15 minutes."""
    with act() as session:
        row, ticket = comments.get_with_ticket(session, me, id, to_change=True)
        comments.remove(session, me, row, ticket)
    return no_content()
