"""Comments: public replies, and internal notes for those who may read them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.shared.auth import Me
from api.shared.idempotency import Creating, Made
from api.shared.schemas import Cursor, Form, Limit, Named, Number, Page, Shape, Version, Words, done, shown
from api.tickets.ticket_schemas import File, file
from lib.conversation import attachments, comments, mentions
from lib.conversation.comments import CommentCard
from lib.core import pagination, text
from lib.markdown import names, rendering
from lib.tickets import tickets
from lib.transactions import Session, act, see

router = APIRouter(tags=["comments"])

Visibility = Literal["public", "internal"]


class NewComment(Form):
    """What to say, and to whom."""

    body: Words
    visibility: Visibility = "public"
    attachments: list[Words] = Field(default_factory=list, description="ids of your uploads")


class CommentChange(Form):
    """Other words for your comment."""

    body: Words
    version: Version


class Comment(Shape):
    """A comment; one that was taken back keeps its place without its words.

    `not_mentioned` names, in the answer to writing it, people behind an @ who may not read it.
    """

    id: int
    author: Named
    body: str
    body_html: str
    visibility: Visibility
    attachments: list[File]
    mentions: list[Named]
    not_mentioned: list[str] = Field(default_factory=list)
    created: datetime
    edited: datetime | None
    removed: bool
    editable: bool
    merged_from: int | None
    """The number of the merged ticket on which it was said."""
    version: int


class Text(Form):
    """What would be said, and to whom."""

    body: Annotated[Words, Field(max_length=text.BODY_LIMIT)]
    visibility: Visibility = "public"


class Mentioned(Shape):
    """Whom a text would mention, who behind an @ may not read it, and how it will look."""

    mentions: list[Named]
    not_mentioned: list[str]
    html: str


def _shape(card: CommentCard, files: list[File], missed: Iterable[str] = ()) -> Comment:
    return Comment(
        id=card.id,
        author=Named(id=card.author_id, name=card.author),
        body=card.body,
        body_html=names.to_html(card.body, card.mentions.values()),
        visibility="internal" if card.internal else "public",
        attachments=[] if card.removed else files,
        mentions=[Named(id=id, name=name) for id, name in card.mentions.items()],
        not_mentioned=list(missed),
        created=card.created_at,
        edited=card.edited_at,
        removed=card.removed,
        editable=card.editable,
        merged_from=card.came_from,
        version=card.version,
    )


@router.get("/tickets/{number}/comments", response_model=Page[Comment])
def read(
    me: Me, number: Number, limit: Annotated[Limit, Query()] = 50, cursor: Annotated[Cursor, Query()] = None
) -> Response:
    """List the comments that you may read, oldest first."""
    place = f"comments:{number}"
    with see() as session:
        ticket = tickets.find(session, me, number)
        after = pagination.read(place, cursor) or 0
        cards = comments.of(session, me, ticket, after=after, limit=limit + 1)
        files: dict[int | None, list[File]] = {}
        for card in attachments.of(session, me, ticket):
            files.setdefault(card.comment_id, []).append(file(card))
    items = [_shape(card, files.get(card.id, [])) for card in cards[:limit]]
    more = pagination.make(place, items[-1].id) if len(cards) > limit else None
    return shown(Page(items=items, next_cursor=more))


@router.post("/tickets/{number}/comments", status_code=201, response_model=Comment)
def add(creating: Creating, number: Number, form: NewComment) -> Response:
    """Say something on a ticket."""
    me = creating.me
    rendering.ahead(form.body)

    def deed(session: Session) -> Made:
        ticket = tickets.find(session, me, number, to_change=True)
        internal = form.visibility == "internal"
        row = comments.add(session, me, ticket, body=form.body, internal=internal, files=form.attachments)
        session.flush()
        files = [file(f) for f in attachments.of(session, me, ticket) if f.comment_id == row.id]
        missed = mentions.named(session, me, ticket, body=row.body, internal=internal).missed
        return Made(f"/comments/{row.id}", _shape(comments.shown(session, me, row, me.name), files, missed))

    return creating.once(form, deed)


@router.get("/tickets/{number}/mentionable", response_model=Page[Named])
def mentionable(
    me: Me,
    number: Number,
    search: Annotated[Words, Query(max_length=120)] = "",
    visibility: Annotated[Visibility, Query()] = "public",
) -> Response:
    """List people whom a comment may mention: `name` is what stands behind the @."""
    with see() as session:
        ticket = tickets.find(session, me, number)
        found = mentions.suggested(session, me, ticket, search=search, internal=visibility == "internal")
    return shown(Page(items=[Named(id=p.id, name=p.name) for p in found]))


@router.post("/tickets/{number}/mentions", response_model=Mentioned)
def mentioned(me: Me, number: Number, form: Text) -> Response:
    """Tell whom a text would mention and how it would look, without saying it."""
    with see() as session:
        ticket = tickets.find(session, me, number)
        found = mentions.named(session, me, ticket, body=form.body, internal=form.visibility == "internal")
    people = [Named(id=id, name=name) for id, name in found.people.items()]
    html = names.to_html(form.body, found.people.values())
    return shown(Mentioned(mentions=people, not_mentioned=list(found.missed), html=html))


@router.get("/comments/{id}", response_model=Comment)
def show(me: Me, id: Number) -> Response:
    """Read one comment."""
    with see() as session:
        row, ticket = comments.find(session, me, id)
        files = [file(f) for f in attachments.of(session, me, ticket) if f.comment_id == row.id]
        return shown(_shape(comments.shown(session, me, row, comments.author(session, row)), files))


@router.patch("/comments/{id}", response_model=Comment)
def edit(me: Me, id: Number, form: CommentChange) -> Response:
    """Rewrite your own comment, within 15 minutes."""
    rendering.ahead(form.body)
    with act() as session:
        row, ticket = comments.find(session, me, id, to_change=True)
        comments.edit(session, me, row, ticket, body=form.body, seen=form.version)
        files = [file(f) for f in attachments.of(session, me, ticket) if f.comment_id == row.id]
        missed = mentions.named(session, me, ticket, body=row.body, internal=row.internal).missed
        return shown(_shape(comments.shown(session, me, row, me.name), files, missed))


@router.delete("/comments/{id}", status_code=204)
def remove(me: Me, id: Number) -> Response:
    """Take your own comment back, within 15 minutes."""
    with act() as session:
        row, ticket = comments.find(session, me, id, to_change=True)
        comments.remove(session, me, row, ticket)
    return done()
