"""What the first page shows to whom: the numbers, the list, the times and the distribution of each kind of person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from db.vocabulary import Permission, Scope
from lib import setup_checks
from lib.access.gate import Actor
from lib.assignment.departed_assignees import DepartedAssignee
from lib.catalog.statuses import StatusCard
from lib.catalog.ticket_fields import TicketRow
from lib.core import clock
from lib.lists import filters, query_language, ticket_list
from lib.reports import backlog, response_times
from lib.reports.backlog import AgeBucket
from lib.reports.response_times import DurationSummary
from lib.setup_checks import SetupIssues
from lib.transactions import Session
from ui.components.figures import Figure
from ui.components.ticket_rows import COLUMNS, Column
from ui.shared.formatting import escape_markdown, format_duration, format_duration_rounded_up
from ui.shared.lists import format_count
from ui.tickets.default_views import NEW_TICKET_LINK, RECENT_DAYS, VIEWS, build_list_url

LIST_LENGTH = 8
"""Tickets of a list on the dashboard."""
NOTES = {
    "team": "in my teams",
    "unassigned": "in my teams",
    "asked-open": "still open",
    **dict.fromkeys(("resolved", "team-resolved", "asked-resolved"), f"in the last {RECENT_DAYS} days"),
}
LABELS = {
    "mine": "Assigned to me",
    "blocked": "Blocked",
    "resolved": "Resolved",
    "team": "Open",
    "asked-open": "My open requests",
}
HEADINGS = {
    "mine": "My tickets, most urgent first",
    "unassigned": "Unassigned tickets",
    "team": "Most urgent tickets",
    "asked-open": "My requests",
}
HIDDEN_COLUMNS = {"mine": "assignee", "unassigned": "assignee", "asked-open": "requester"}
"""The column that would say the same in every row of a list."""
AGE_LABELS = {0: "Less than 1 day", 1: "1 to 3 days", 3: "3 to 7 days", 7: "7 to 30 days", 30: "Over 30 days"}


@dataclass(frozen=True)
class DashboardLayout:
    """What one kind of person sees: views as cards, and lists to show, the first of them that holds something."""

    cards: tuple[str, ...]
    lists: tuple[str, ...]
    lead: bool = False


@dataclass(frozen=True)
class DashboardData:
    """What was read for somebody's dashboard."""

    outlook: DashboardLayout
    counts: Mapping[str, int]
    shown: str
    sort: str
    rows: Sequence[TicketRow]
    days: int = 0
    since: str = ""
    times: Mapping[str, DurationSummary] = field(default_factory=dict)
    statuses: Sequence[tuple[StatusCard, int]] = ()
    ages: Sequence[AgeBucket] = ()
    care: SetupIssues | None = None


REQUESTER = DashboardLayout(("asked-open", "asked-pending", "asked-resolved"), ("asked-open",))
AGENT = DashboardLayout(
    ("mine", "waiting", "unassigned", "blocked", "resolved", "asked-open"), ("mine", "unassigned")
)
MANAGER = DashboardLayout(
    ("team", "team-unanswered", "unassigned", "team-blocked", "team-resolved", "mine"), ("team",), lead=True
)
ADMINISTRATOR = DashboardLayout(
    ("team", "team-unanswered", "unassigned", "team-blocked", "team-resolved"), ("team",), lead=True
)


def choose_layout(actor: Actor) -> DashboardLayout:
    """Return what a person's permissions make of the dashboard."""
    if not actor.staff:
        return REQUESTER
    if not actor.may(Permission.REPORT_VIEW, least=Scope.TEAM):
        return AGENT
    return MANAGER if actor.may(Permission.TICKET_CLAIM) else ADMINISTRATOR


def load(session: Session, actor: Actor) -> DashboardData:
    """Read all that a person's dashboard shows."""
    chosen = choose_layout(actor)
    narrowed = {
        name: query_language.parse_parameters(session, actor, {"q": (VIEWS[name].line,)}).narrowed
        for name in {*chosen.cards, *chosen.lists}
    }
    counts = {name: ticket_list.count(session, actor, narrowed[name]) for name in chosen.cards}
    shown = next((name for name in chosen.lists if counts[name]), chosen.lists[0])
    sort = "-priority" if actor.staff else "-updated"
    rows = (
        ticket_list.get_page(session, actor, narrowed[shown], sort=sort, limit=LIST_LENGTH).rows
        if counts[shown]
        else ()
    )
    seen = DashboardData(chosen, counts, shown, sort, rows)
    return _with_reports(session, actor, seen) if actor.may(Permission.REPORT_VIEW) else seen


def _with_reports(session: Session, actor: Actor, seen: DashboardData) -> DashboardData:
    now, days = clock.now(), response_times.choose_window_days(session, actor)
    since = now.replace(second=0, microsecond=0) - timedelta(days=days)
    team = filters.parse_parameters(session, actor, {"team": ("mine",)})
    every = actor.may(Permission.USER_MANAGE, least=Scope.ALL)
    lead = seen.outlook.lead
    return replace(
        seen,
        days=days,
        since=_format_utc(since),
        times={
            "response": response_times.measure_first_response(session, actor, since=since, until=now),
            "resolution": response_times.measure_resolution(session, actor, since=since, until=now),
        },
        statuses=backlog.count_by_status(session, actor, team) if lead else (),
        ages=backlog.count_by_age(session, actor, team) if lead else (),
        care=setup_checks.run(session, actor) if lead and every else None,
    )


def build_ticket_cards(actor: Actor, seen: DashboardData) -> list[Figure]:
    """Return the numbers, each opening its tickets."""
    everywhere = actor.may(Permission.TICKET_TRANSITION, least=Scope.ALL)
    notes = {name: "" if everywhere and note == "in my teams" else note for name, note in NOTES.items()}
    return [
        Figure(
            value=format_count(n),
            label=LABELS.get(name, VIEWS[name].label),
            href=build_list_url(name, sort=seen.sort),
            note=notes.get(name, ""),
            quiet=not n,
        )
        for name, n in seen.counts.items()
    ]


def build_time_cards(actor: Actor, seen: DashboardData) -> list[Figure]:
    """Return how long first responses and resolutions took, each opening the tickets that were counted."""
    own = actor.reach(Permission.REPORT_VIEW) == Scope.OWN
    scope = " team:mine" if actor.reach(Permission.REPORT_VIEW) == Scope.TEAM else ""
    answered = build_list_url(
        "all", line=f"responded:>={seen.since} -is:staff-opened{' responder:me' if own else scope}"
    )
    resolved = build_list_url("all", line=f"resolved:>={seen.since}{' resolver:me' if own else scope}")
    return [
        _build_time_card("First response", seen.times["response"], answered),
        _build_time_card("Resolution", seen.times["resolution"], resolved),
    ]


def _build_time_card(name: str, found: DurationSummary, href: str) -> Figure:
    if found.median is None or found.p90 is None or found.mean is None:
        return Figure("\N{EN DASH}", name, href, "No tickets in this period", quiet=True)
    many = f"{found.n:,} ticket{'' if found.n == 1 else 's'}"
    note = (
        f"90th percentile {format_duration_rounded_up(found.p90)}, mean {format_duration(found.mean)}, {many}"
    )
    return Figure(format_duration(found.median), name, href, note)


def build_status_cards(seen: DashboardData) -> list[Figure]:
    """Return the open tickets by status."""
    return [
        Figure(
            format_count(n),
            s.name,
            build_list_url("open", line=f"{query_language.format_qualifier('status', [s.name])} team:mine"),
            kind=s.kind,
            quiet=not n,
        )
        for s, n in seen.statuses
    ]


def build_age_cards(seen: DashboardData) -> list[Figure]:
    """Return the open tickets by age."""
    found = []
    for bucket in seen.ages:
        after, before = (_format_utc(at) if at else "" for at in (bucket.after, bucket.before))
        span = f"{after}..{before}" if after and before else f">={after}" if after else f"<{before}"
        href = build_list_url("open", line=f"created:{span} team:mine", sort="created")
        found.append(
            Figure(format_count(bucket.count), AGE_LABELS[bucket.days[0]], href, quiet=not bucket.count)
        )
    return found


def _format_utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%MZ")


def choose_columns(seen: DashboardData) -> list[Column]:
    """Return the columns of the list that is shown."""
    return [column for column in COLUMNS if column.field != HIDDEN_COLUMNS.get(seen.shown)]


def describe_empty_list(actor: Actor) -> tuple[str, ...]:
    """Return what stands in place of an empty list, and what to do about it."""
    if actor.staff and not actor.teams and not actor.may(Permission.TICKET_READ, least=Scope.ALL):
        return ("You are not in a team yet. Ask your administrator to add you to one.",)
    if not actor.staff:
        return ("You have no open tickets. When you need help, create one.", *NEW_TICKET_LINK)
    if actor.may(Permission.REPORT_VIEW, least=Scope.TEAM):
        return ("No open tickets.", *NEW_TICKET_LINK)
    return ("No tickets are assigned to you, and none are unassigned.", *NEW_TICKET_LINK)


def format_period(seen: DashboardData) -> str:
    """Return the heading of the times."""
    return (
        "Response times in the last day" if seen.days == 1 else f"Response times in the last {seen.days} days"
    )


def list_warnings(seen: DashboardData) -> list[str]:
    """Return what an administrator should see to, in Markdown."""
    if seen.care is None:
        return []
    said, care = [], seen.care
    if care.alone:
        said.append("You are the only administrator. Add a second one in case you lose your password.")
    if care.invited:
        people = "1 person has" if care.invited == 1 else f"{care.invited:,} people have"
        said.append(f"{people} not accepted the invitation yet.")
    if care.empty:
        teams = ", ".join(escape_markdown(name) for name in care.empty)
        said.append(f"No members in {teams}. Tickets in these teams go unseen. Add members.")
    said += [_format_departure(each) for each in care.left]
    return said


def _format_departure(left: DepartedAssignee) -> str:
    """Say which open tickets have no assignee since somebody left."""
    many = "1 open ticket has" if left.count == 1 else f"{left.count:,} open tickets have"
    links = ", ".join(f"[#{number}](/ticket?id={number})" for number in left.numbers)
    more = f" and {left.count - len(left.numbers):,} more" if left.count > len(left.numbers) else ""
    return (
        f"{many} no assignee since {escape_markdown(left.name)} left the team or was disabled: {links}{more}."
    )


def has_exact_counts(seen: DashboardData) -> bool:
    """Tell whether every status was counted to its end, so that a chart of them is true."""
    return all(n <= ticket_list.MAX_COUNT for _, n in seen.statuses)
