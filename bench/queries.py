"""How long lists, tickets, searches and creating take in lib, next to handwritten SQL on the same database.

python -m bench.queries --data DIR [--times 50] [--write]
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any

import click
from sqlalchemy import insert

from bench import words
from bench.measure import percentile, table, timed
from bench.plain import FOUND, NEWEST, ROW, Plain
from commands.shell.data import add_data_option
from db.models import Comment, Event
from db.vocabulary import Action, Permission, Scope, Source
from lib import transactions
from lib.access.gate import Actor
from lib.conversation import attachments, comments, history, read_markers, timeline
from lib.conversation.comments import CommentCard
from lib.core import clock, settings
from lib.identity import sessions
from lib.lists import filters, grouped_list, query_language, search_results, suggestions, ticket_list
from lib.people import accounts
from lib.reports import ticket_export
from lib.search_index import index
from lib.tickets import tickets

Deed = Callable[[], object]
Case = tuple[str, Deed, Deed | None]


def actor(email: str, role: str) -> Actor:
    """Return somebody of the load."""
    with transactions.see() as session:
        person = accounts.find_by_email(session, email)
        if person is None:
            raise click.ClickException(f"{email} is not here. Fill the desk with `seed` first.")
        return sessions.build_actor(session, person, role, channel=Source.API)


def page(me: Actor, *, sort: str = "-updated", deep: str | None = None, **given: str) -> ticket_list.Page:
    """Read one page of a list, as the API does."""
    with transactions.see() as session:
        narrowed = filters.parse_parameters(session, me, {name: [value] for name, value in given.items()})
        return ticket_list.get_page(session, me, narrowed, sort=sort, cursor=deep)


def grouped(
    me: Actor, group: str, *, sort: str = "-updated", second: bool = False, **given: str
) -> grouped_list.Page:
    """Read the first or second page of a list in groups, and its count, as its page does."""
    with transactions.see() as session:
        narrowed = filters.parse_parameters(session, me, {name: [value] for name, value in given.items()})
        count = ticket_list.count(session, me, narrowed)
        found = grouped_list.get_page(session, me, narrowed, group=group, sort=sort, count=count)
        if second and found.next:
            found = grouped_list.get_page(
                session, me, narrowed, group=group, sort=sort, count=count, cursor=found.next
            )
        return found


def deep(me: Actor, pages: int) -> str | None:
    """Return the cursor of the page after so many pages of 200."""
    cursor = None
    with transactions.see() as session:
        for _ in range(pages):
            cursor = ticket_list.get_page(session, me, cursor=cursor, limit=200).next or cursor
    return cursor


def detail(me: Actor, number: int) -> None:
    """Read a ticket as its page does."""
    with transactions.see() as session:
        ticket = tickets.find(session, me, number)
        ticket_list.get_row(session, me, ticket)
        comments.list_for_ticket(session, me, ticket)
        history.list_for_ticket(session, me, ticket)
        attachments.list_for_ticket(session, me, ticket)


def conversation_of(me: Actor, number: int) -> None:
    """Read the end of a conversation as the ticket's page does."""
    with transactions.see() as session:
        ticket = tickets.find(session, me, number)
        ticket_list.get_row(session, me, ticket)
        thread = timeline.get_page(session, me, ticket)
        said = [entry.id for entry in thread.entries if isinstance(entry, CommentCard)]
        attachments.list_for_comments(session, me, ticket, said)
        read_markers.get(session, me, ticket)


def crowd(me: Actor, size: int) -> int:
    """Open a ticket with so many comments and return its number; all at once, as talking would take too long."""
    with transactions.act() as session:
        number = tickets.create(session, me, title=f"A ticket with {size} comments").id
        at = clock.now()
        said = {"ticket_id": number, "author_id": me.id, "internal": False, "created_at": at, "version": 1}
        session.execute(insert(Comment), [said | {"body": f"Comment {n}"} for n in range(size)])
        told = {"at": at, "action": Action.COMMENT_ADDED.value, "ticket_id": number, "actor_id": me.id}
        told |= {"subject": "", "internal": False, "channel": Source.API.value}
        session.execute(insert(Event), [told] * size)
    return number


def asked(me: Actor, line: str, *, sort: str = "-updated") -> ticket_list.Page:
    """Read one page of a list and its count for a line of the search box, as its page does."""
    with transactions.see() as session:
        narrowed = query_language.parse_parameters(session, me, {"q": [line]}).narrowed
        if not narrowed.tried:
            ticket_list.count(session, me, narrowed)
        return ticket_list.get_page(session, me, narrowed, sort=sort)


def texts(me: Actor, line: str) -> search_results.Hits:
    """Read one page of hits, as the page of the search does."""
    with transactions.see() as session:
        return search_results.find(session, me, line)


def offered(me: Actor, line: str) -> suggestions.Suggestions:
    """Read how a line could go on, as is done while somebody types."""
    with transactions.see() as session:
        return suggestions.for_line(session, me, line)


def exported(me: Actor, line: str) -> None:
    """Read the first batch of an export."""
    with transactions.see() as session:
        narrowed = query_language.parse_parameters(session, me, {"q": [line]}).narrowed
        ticket_export.read_batch(session, ticket_export.prepare(me, narrowed), ticket_export.ExportPosition())


def similar(me: Actor, title: str) -> None:
    """Look for similar tickets, as the form for a new one does."""
    with transactions.see() as session:
        index.find_similar(session, me, title)


def create(me: Actor, title: str, body: str) -> None:
    """Open a ticket."""
    with transactions.act() as session:
        tickets.create(session, me, title=title, description=body)


def count(me: Actor) -> None:
    """Count what somebody may see, up to the cap."""
    with transactions.see() as session:
        ticket_list.count(session, me)


@dataclass(frozen=True)
class Crew:
    """Who looks: somebody who sees all, agents of one team and of three, and a requester."""

    root: Actor
    one: Actor
    three: Actor
    sam: Actor


def crew() -> Crew:
    """Return people of the load; the one who sees all is an agent who was given every permission."""
    everything = dict.fromkeys(Permission, Scope.ALL)
    return Crew(
        root=replace(actor("agent11@load.example", "administrator"), scopes=everything),
        one=actor("agent02@load.example", "agent"),
        three=actor("agent01@load.example", "agent"),
        sam=actor("requester001@load.example", "requester"),
    )


def cases(plain: Plain, *, write: bool) -> list[Case]:
    """Return what is measured: a name, the deed in lib, and the same by hand if there is such a thing."""
    who = crew()
    created: Case = (
        "create",
        lambda: create(who.sam, "Bench", "words of a bench"),
        lambda: by_hand(plain, who.sam),
    )
    return [
        *_lists(plain, who), *_groups(who), *_searches(plain, who), *_tickets(plain, who),
        *([*_conversations(who), created] if write else []),
    ]  # fmt: skip


def _conversations(who: Crew) -> list[Case]:
    most = min(100_000, 50 * listing_size())
    numbers = {size: crowd(who.one, size) for size in (10, most)}
    return [
        (f"conversation of {size:,} comments", lambda n=number: conversation_of(who.one, n), None)
        for size, number in numbers.items()
    ]


def _lists(plain: Plain, who: Crew) -> list[Case]:
    root, one, three, sam = who.root, who.one, who.three, who.sam
    further, theirs = deep(root, 50), deep(three, 50)
    teams = f"t.team_id IN ({', '.join(map(str, three.teams))})"

    def raw(where: str, order: str = NEWEST, **values: Any) -> Deed:
        return lambda: plain.fetch(ROW + where + order, **values)

    return [
        ("list, administrator", lambda: page(root), raw("")),
        ("  10,000 tickets further", lambda: page(root, deep=further), None),
        ("  status", lambda: page(root, status="Pending"), raw("WHERE t.status_id = 4")),
        ("  rare status, by number", lambda: page(root, status="Blocked", sort="number"), None),
        ("  by priority", lambda: page(root, sort="-priority"),
         raw("", " ORDER BY t.priority DESC, t.id DESC LIMIT 51")),
        ("  unassigned", lambda: page(root, assignee="none"), raw("WHERE t.assignee_id IS NULL")),
        ("list, agent, 1 team", lambda: page(one), raw("WHERE t.team_id = :t", t=min(one.teams))),
        ("list, agent, 3 teams", lambda: page(three), raw(f"WHERE {teams}")),
        ("  10,000 further, agent", lambda: page(three, deep=theirs), None),
        ("  open, agent", lambda: page(three, kind="open"), raw(f"WHERE t.open AND {teams}")),
        ("  mine, open, agent", lambda: page(three, assignee="me", kind="open"),
         raw("WHERE t.open AND t.assignee_id = :me", me=three.id)),
        ("  unassigned, agent", lambda: page(three, assignee="none"),
         raw(f"WHERE t.assignee_id IS NULL AND {teams}")),
        ("  rare status, agent", lambda: page(three, status="Blocked"), None),
        ("  by priority, agent", lambda: page(three, sort="-priority"), None),
        ("  by creation, agent", lambda: page(three, sort="-created"), None),
        ("  by number, agent", lambda: page(three, sort="number"), None),
        ("list, requester", lambda: page(sam), raw("WHERE t.requester_id = :me", me=sam.id)),
        ("count, administrator", lambda: count(root), None),
        ("count, agent, 3 teams", lambda: count(three), None),
    ]  # fmt: skip


def _groups(who: Crew) -> list[Case]:
    """A page of a list in groups and its count: by each fact, and in an order for which no group has an index."""
    return [
        ("groups by status, administrator", lambda: grouped(who.root, "status"), None),
        ("  by creation", lambda: grouped(who.root, "status", sort="-created"), None),
        ("  two pages", lambda: grouped(who.root, "status", second=True), None),
        ("  by requester", lambda: grouped(who.root, "requester"), None),
        ("  by status, open, agent", lambda: grouped(who.three, "status", kind="open"), None),
        ("  by priority, agent", lambda: grouped(who.three, "priority"), None),
        ("  by category, agent, 1 team", lambda: grouped(who.one, "category"), None),
        ("  by team, agent", lambda: grouped(who.three, "team"), None),
        ("  by assignee, agent", lambda: grouped(who.three, "assignee"), None),
        ("  by requester, open, agent", lambda: grouped(who.one, "requester", kind="open"), None),
        ("  by assignee, requester", lambda: grouped(who.sam, "assignee"), None),
    ]


def _searches(plain: Plain, who: Crew) -> list[Case]:
    singles, pairs = words.queries()
    single, two = cycle(singles), cycle(pairs)
    titles = cycle([f"{pair} {word}" for pair, word in zip(pairs, singles, strict=True)])

    def found(given: Any) -> Deed:
        return lambda: plain.fetch(ROW + FOUND[plain.kind] + NEWEST, q=plain.terms(next(given)))

    return [
        ("search 1 word, administrator", lambda: page(who.root, q=next(single)), found(cycle(singles))),
        ("search 2 words, administrator", lambda: page(who.root, q=next(two)), found(cycle(pairs))),
        ("search a common word", lambda: page(who.root, q=singles[0]), None),
        ("search 1 letter", lambda: page(who.root, q=singles[0][:1]), None),
        ("search 1 word, agent", lambda: page(who.three, q=next(single)), None),
        ("search 2 words, agent", lambda: page(who.three, q=next(two)), None),
        ("search 2 words, requester", lambda: page(who.sam, q=next(two)), None),
        *_qualified(who, singles),
        ("similar, agent", lambda: similar(who.three, next(titles)), None),
        ("similar, requester", lambda: similar(who.sam, next(titles)), None),
    ]


def _qualified(who: Crew, singles: list[str]) -> list[Case]:
    """Lines with qualifiers: what the list, its count, the hits, the offers and an export of them cost."""
    single, word = cycle(singles), singles[0]
    return [
        ("line is:open, administrator", lambda: asked(who.root, "is:open"), None),
        ("  is:open assignee:me, agent", lambda: asked(who.three, "is:open assignee:me"), None),
        ("  is:open team:mine assignee:none, agent", lambda: asked(who.three, "is:open team:mine assignee:none"), None),
        ("  is:waiting assignee:me, agent", lambda: asked(who.three, "is:open is:waiting assignee:me"), None),
        ("  status:blocked -tag:vip", lambda: asked(who.three, "status:blocked -tag:vip"), None),
        ("  priority:high,urgent created:30d", lambda: asked(who.three, "priority:high,urgent created:30d"), None),
        ("  resolved:7d by age", lambda: asked(who.three, "resolved:7d", sort="created"), None),
        ("  a word is:open", lambda: asked(who.three, f"{next(single)} is:open"), None),
        ("  a common word status:blocked", lambda: asked(who.three, f"{word} status:blocked"), None),
        ("hits of a word, agent", lambda: texts(who.three, next(single)), None),
        ("  of a common word is:open", lambda: texts(who.three, f"{word} is:open"), None),
        ("  of a word, requester", lambda: texts(who.sam, next(single)), None),
        ("offers for assignee:", lambda: offered(who.three, "assignee:a"), None),
        ("offers for tag:", lambda: offered(who.three, "tag:"), None),
        ("export of 500, is:open", lambda: exported(who.root, "is:open"), None),
    ]  # fmt: skip


def _tickets(plain: Plain, who: Crew) -> list[Case]:
    size = listing_size()
    some = random.Random(7).sample(range(1, size + 1), min(200, size))  # noqa: S311 - repeatable on purpose
    any_one, same = cycle(some), cycle(some)
    mine = [row.number for row in page(who.three).rows]
    theirs, again = cycle(mine), cycle(mine)
    return [
        ("ticket, administrator", lambda: detail(who.root, next(any_one)), lambda: plain.detail(next(same))),
        ("ticket, agent", lambda: detail(who.three, next(theirs)), lambda: plain.detail(next(again))),
    ]


def listing_size() -> int:
    """Return the largest ticket number."""
    with transactions.engine().connect() as connection:
        return int(connection.exec_driver_sql("SELECT max(id) FROM ticket").scalar_one())


def by_hand(plain: Plain, me: Actor) -> None:
    """Open a ticket by handwritten SQL: its row, its words, its event."""
    plain.raw.execute("BEGIN IMMEDIATE" if plain.kind == "sqlite" else "BEGIN")
    at = "2026-01-01 00:00:00"
    [(number,)] = plain.fetch(
        "INSERT INTO ticket (title, description, status_id, open, priority, category_id, team_id, requester_id, "
        "confidential, created_at, updated_at, public_updated_at, version, public_version, due_order) "
        "VALUES ('Bench', 'words of a bench', 1, true, 2, 1, 1, :me, "
        "false, :at, :at, :at, 1, 1, '9999-12-31') RETURNING id", me=me.id, at=at)  # fmt: skip
    plain.fetch(
        "INSERT INTO search_entry (ticket_id, internal, words) VALUES (:id, false, 'bench words of a bench') "
        "RETURNING id",
        id=number,
    )
    plain.fetch(
        "INSERT INTO event (at, action, ticket_id, subject, new, actor_id, internal, channel) VALUES "
        "(:at, 'ticket.created', :id, '', 'Bench', :me, false, 'api') RETURNING id",
        id=number, me=me.id, at=at)  # fmt: skip
    plain.raw.execute("COMMIT")


@click.command()
@click.option("--times", default=50, show_default=True, help="How often each is done.")
@click.option("--write", is_flag=True, help="Measure creating too, which adds tickets to the desk.")
@click.option("--only", default="", help="Only cases whose name holds this.")
def main(times: int, write: bool, only: str) -> None:
    """Print milliseconds for lists, searches, tickets and creating, next to handwritten SQL."""
    plain = Plain(settings.current().database)
    rows = []
    for name, deed, hand in cases(plain, write=write):
        if only not in name:
            continue
        ours = timed(deed, times=times)
        p50, p95 = percentile(ours, 50), percentile(ours, 95)
        raw = percentile(timed(hand, times=times), 50) if hand else None
        rows.append((name, p50, p95, raw if raw is not None else "", p50 / raw if raw else ""))
    click.echo(table(("ms", "p50", "p95", "by hand p50", "ratio"), rows))


if __name__ == "__main__":
    add_data_option(main)()
