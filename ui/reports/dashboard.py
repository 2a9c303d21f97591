"""What the first page shows to whom: the numbers, the list, the times and the distribution of each kind of person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from db.vocabulary import Permission, Scope
from lib import setup_checks
from lib.access.gate import Actor
from lib.assignment.departed_assignees import Left
from lib.catalog.statuses import StatusCard
from lib.catalog.ticket_fields import TicketRow
from lib.core import clock
from lib.lists import filters, query_language, ticket_list
from lib.reports import backlog, response_times
from lib.reports.backlog import Bucket
from lib.reports.response_times import Spread
from lib.setup_checks import Readiness
from lib.transactions import Session
from ui.components.figures import Figure
from ui.components.ticket_rows import COLUMNS, Column
from ui.shared.formatting import at_most, lasting, plain
from ui.shared.lists import capped
from ui.tickets.default_views import NEW, RECENT, VIEWS, opening

TOP = 8
"""Tickets of a list on the dashboard."""
NOTES = {
    "team": "in my teams",
    "unassigned": "in my teams",
    "asked-open": "still open",
    **dict.fromkeys(("resolved", "team-resolved", "asked-resolved"), f"in the last {RECENT} days"),
}
LABELS = {
    "mine": "Assigned to me",
    "blocked": "Blocked",
    "resolved": "Resolved",
    "team": "Open",
    "asked-open": "I asked for",
}
HEADINGS = {
    "mine": "My work, most urgent first",
    "unassigned": "Waiting for somebody to take them",
    "team": "Most urgent",
    "asked-open": "What I asked for",
}
SPARED = {"mine": "assignee", "unassigned": "assignee", "asked-open": "requester"}
"""The column that would say the same in every row of a list."""
AGES = {0: "Up to a day", 1: "1 to 3 days", 3: "3 to 7 days", 7: "7 to 30 days", 30: "Older"}


@dataclass(frozen=True)
class Outlook:
    """What one kind of person sees: views as cards, and lists to show, the first of them that holds something."""

    cards: tuple[str, ...]
    lists: tuple[str, ...]
    lead: bool = False


@dataclass(frozen=True)
class Seen:
    """What was read for somebody's dashboard."""

    outlook: Outlook
    counts: Mapping[str, int]
    shown: str
    sort: str
    rows: Sequence[TicketRow]
    days: int = 0
    since: str = ""
    times: Mapping[str, Spread] = field(default_factory=dict)
    statuses: Sequence[tuple[StatusCard, int]] = ()
    ages: Sequence[Bucket] = ()
    care: Readiness | None = None


REQUESTER = Outlook(("asked-open", "asked-pending", "asked-resolved"), ("asked-open",))
AGENT = Outlook(
    ("mine", "waiting", "unassigned", "blocked", "resolved", "asked-open"), ("mine", "unassigned")
)
MANAGER = Outlook(
    ("team", "team-unanswered", "unassigned", "team-blocked", "team-resolved", "mine"), ("team",), lead=True
)
ADMINISTRATOR = Outlook(
    ("team", "team-unanswered", "unassigned", "team-blocked", "team-resolved"), ("team",), lead=True
)


def outlook(actor: Actor) -> Outlook:
    """Return what a person's permissions make of the dashboard."""
    if not actor.staff:
        return REQUESTER
    if not actor.may(Permission.REPORT_VIEW, least=Scope.TEAM):
        return AGENT
    return MANAGER if actor.may(Permission.TICKET_CLAIM) else ADMINISTRATOR


def read(session: Session, actor: Actor) -> Seen:
    """Read all that a person's dashboard shows."""
    chosen = outlook(actor)
    narrowed = {
        name: query_language.narrow(session, actor, {"q": (VIEWS[name].line,)}).narrowed
        for name in {*chosen.cards, *chosen.lists}
    }
    counts = {name: ticket_list.count(session, actor, narrowed[name]) for name in chosen.cards}
    shown = next((name for name in chosen.lists if counts[name]), chosen.lists[0])
    sort = "-priority" if actor.staff else "-updated"
    rows = (
        ticket_list.page(session, actor, narrowed[shown], sort=sort, limit=TOP).rows if counts[shown] else ()
    )
    seen = Seen(chosen, counts, shown, sort, rows)
    return _with_reports(session, actor, seen) if actor.may(Permission.REPORT_VIEW) else seen


def _with_reports(session: Session, actor: Actor, seen: Seen) -> Seen:
    now, days = clock.now(), response_times.window(session, actor)
    since = now.replace(second=0, microsecond=0) - timedelta(days=days)
    team = filters.narrow(session, actor, {"team": ("mine",)})
    every = actor.may(Permission.USER_MANAGE, least=Scope.ALL)
    lead = seen.outlook.lead
    return replace(
        seen,
        days=days,
        since=_written(since),
        times={
            "response": response_times.first_response(session, actor, since=since, until=now),
            "resolution": response_times.resolution(session, actor, since=since, until=now),
        },
        statuses=backlog.by_status(session, actor, team) if lead else (),
        ages=backlog.by_age(session, actor, team) if lead else (),
        care=setup_checks.look(session, actor) if lead and every else None,
    )


def cards(actor: Actor, seen: Seen) -> list[Figure]:
    """Return the numbers, each opening its tickets."""
    everywhere = actor.may(Permission.TICKET_TRANSITION, least=Scope.ALL)
    notes = {name: "" if everywhere and note == "in my teams" else note for name, note in NOTES.items()}
    return [
        Figure(
            value=capped(n),
            label=LABELS.get(name, VIEWS[name].label),
            href=opening(name, sort=seen.sort),
            note=notes.get(name, ""),
            quiet=not n,
        )
        for name, n in seen.counts.items()
    ]


def times(actor: Actor, seen: Seen) -> list[Figure]:
    """Return how long first responses and resolutions took, each opening the tickets that were counted."""
    own = actor.reach(Permission.REPORT_VIEW) == Scope.OWN
    scope = " team:mine" if actor.reach(Permission.REPORT_VIEW) == Scope.TEAM else ""
    answered = opening(
        "all", line=f"responded:>={seen.since} -is:staff-opened{' responder:me' if own else scope}"
    )
    resolved = opening("all", line=f"resolved:>={seen.since}{' resolver:me' if own else scope}")
    return [
        _time("First response", seen.times["response"], answered),
        _time("Resolution", seen.times["resolution"], resolved),
    ]


def _time(name: str, found: Spread, href: str) -> Figure:
    if found.median is None or found.p90 is None or found.mean is None:
        return Figure("\N{EN DASH}", name, href, "none in this time", quiet=True)
    many = f"{found.n:,} ticket{'' if found.n == 1 else 's'}"
    note = f"9 in 10 within {at_most(found.p90)}, mean {lasting(found.mean)}; {many}"
    return Figure(lasting(found.median), name, href, note)


def by_status(seen: Seen) -> list[Figure]:
    """Return the open tickets by status."""
    return [
        Figure(
            capped(n),
            s.name,
            opening("open", line=f"{query_language.write('status', [s.name])} team:mine"),
            kind=s.kind,
            quiet=not n,
        )
        for s, n in seen.statuses
    ]


def by_age(seen: Seen) -> list[Figure]:
    """Return the open tickets by age."""
    found = []
    for bucket in seen.ages:
        after, before = (_written(at) if at else "" for at in (bucket.after, bucket.before))
        span = f"{after}..{before}" if after and before else f">={after}" if after else f"<{before}"
        href = opening("open", line=f"created:{span} team:mine", sort="created")
        found.append(Figure(capped(bucket.count), AGES[bucket.days[0]], href, quiet=not bucket.count))
    return found


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%MZ")


def columns(seen: Seen) -> list[Column]:
    """Return the columns of the list that is shown."""
    return [column for column in COLUMNS if column.field != SPARED.get(seen.shown)]


def nothing(actor: Actor) -> tuple[str, ...]:
    """Return what stands in place of an empty list, and what to do about it."""
    if actor.staff and not actor.teams and not actor.may(Permission.TICKET_READ, least=Scope.ALL):
        return (
            "You are in no team yet, so no tickets reach you. Ask your administrator to add you to a team.",
        )
    if not actor.staff:
        return ("You have no open tickets. When you need help, open one.", *NEW)
    if actor.may(Permission.REPORT_VIEW, least=Scope.TEAM):
        return ("No ticket is open.", *NEW)
    return ("All quiet: nothing is assigned to you, and nothing waits for somebody.", *NEW)


def period(seen: Seen) -> str:
    """Return the heading of the times."""
    return "In the last day" if seen.days == 1 else f"In the last {seen.days} days"


def needs(seen: Seen) -> list[str]:
    """Return what an administrator should see to, in Markdown."""
    if seen.care is None:
        return []
    said, care = [], seen.care
    if care.alone:
        said.append("You are the only administrator: if you lose your password, nobody can let you in again.")
    if care.invited:
        people = "1 person has" if care.invited == 1 else f"{care.invited:,} people have"
        said.append(f"{people} been invited and not set a password yet.")
    if care.empty:
        said.append(
            f"Nobody is in {', '.join(plain(name) for name in care.empty)}: tickets that go there wait unseen."
        )
    said += [_left(each) for each in care.left]
    return said


def _left(left: Left) -> str:
    """Say which open tickets have no assignee since somebody left."""
    many = "1 open ticket has" if left.count == 1 else f"{left.count:,} open tickets have"
    links = ", ".join(f"[#{number}](/ticket?id={number})" for number in left.numbers)
    more = f" and {left.count - len(left.numbers):,} more" if left.count > len(left.numbers) else ""
    return f"{many} no assignee since {plain(left.name)} left the team or was disabled: {links}{more}."


def exact(seen: Seen) -> bool:
    """Tell whether every status was counted to its end, so that a chart of them is true."""
    return all(n <= ticket_list.CAP for _, n in seen.statuses)
