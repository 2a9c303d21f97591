"""The pages there are, who may open each, and the navigation that shows a person only theirs."""

import re
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import streamlit as st

from db.vocabulary import Permission, Scope
from lib.access.gate import Actor
from ui.shared import page

if TYPE_CHECKING:
    from ui.streamlit_internals import Page


OVERVIEW = "settings/overview"
DESK_AREA, PEOPLE_AREA, TICKETS_AREA, NOTIFICATIONS_AREA, TIME_AREA = (
    "Desk",
    "People and teams",
    "Tickets",
    "Notifications",
    "Time",
)


@dataclass(frozen=True)
class Entry:
    """One page; `needs` and `least` say who may open it, `signed_out` whether nobody in particular may.

    A page with an `area` is reached through that of administration, where `about` says what it is for.
    """

    path: str
    url: str
    title: str
    icon: str
    needs: Permission | None = None
    least: Scope = Scope.OWN
    signed_out: bool = False
    listed: bool = True
    area: str = ""
    about: str = ""

    def opens_for(self, actor: Actor | None) -> bool:
        """Tell whether the page is for this person, or for nobody signed in."""
        if actor is None or self.signed_out:
            return self.signed_out
        if self.path == OVERVIEW:
            return bool(list_areas(actor))
        return self.needs is None or actor.may(self.needs, least=self.least)


ENTRIES = (
    Entry("desk/dashboard", "", "Dashboard", "home", Permission.TICKET_READ),
    Entry("desk/tickets", "tickets", "Tickets", "confirmation_number", Permission.TICKET_READ),
    Entry("desk/board", "board", "Board", "view_kanban", Permission.TICKET_TRANSITION),
    Entry("desk/timesheet", "timesheet", "Timesheet", "calendar_view_week", Permission.TIME_LOG),
    Entry("reports/time_report", "time-report", "Time report", "schedule", Permission.REPORT_VIEW),
    Entry("reports/time_in_status", "time-in-status", "Time in status", "hourglass", Permission.REPORT_VIEW),
    Entry("desk/search", "search", "Search", "search", Permission.TICKET_READ, listed=False),
    Entry("desk/notifications", "notifications", "Notifications", "notifications", listed=False),
    Entry("desk/new_ticket", "new", "New ticket", "add_circle", Permission.TICKET_CREATE),
    Entry("desk/ticket", "ticket", "Ticket", "confirmation_number", Permission.TICKET_READ, listed=False),
    Entry(OVERVIEW, "settings", "Settings", "settings"),
    Entry("settings/general", "general", "General", "public", Permission.SYSTEM_MANAGE, Scope.ALL,
          area=DESK_AREA, about="The default time zone"),
    Entry("settings/people", "people", "Manage users", "group", Permission.USER_MANAGE, Scope.TEAM,
          area=PEOPLE_AREA, about="Invite people, set roles and teams, disable accounts"),
    Entry("settings/teams", "teams", "Teams", "groups", Permission.TEAM_MANAGE, Scope.TEAM,
          area=PEOPLE_AREA, about="Team members, assignment rules and Slack channels"),
    Entry("settings/categories", "categories", "Categories", "category", Permission.SYSTEM_MANAGE,
          area=TICKETS_AREA, about="What tickets are about, with the team and priority they get"),
    Entry("settings/statuses", "statuses", "Statuses & workflow", "label", Permission.SYSTEM_MANAGE,
          area=TICKETS_AREA, about="The steps of a ticket, and who can move it between them"),
    Entry("settings/custom_fields", "custom-fields", "Custom fields", "list_alt", Permission.SYSTEM_MANAGE,
          area=TICKETS_AREA, about="Additional ticket fields, with access by role"),
    Entry("settings/tags", "tags", "Tags", "sell", Permission.SYSTEM_MANAGE,
          area=TICKETS_AREA, about="Rename, merge and delete tags"),
    Entry("settings/canned_replies", "canned-replies", "Canned replies", "quickreply", Permission.TEMPLATE_MANAGE,
          Scope.TEAM, area=TICKETS_AREA, about="Prepared replies for all teams or one team"),
    Entry("settings/notification_rules", "notification-rules", "Notification rules", "rule", Permission.SYSTEM_MANAGE,
          Scope.ALL, area=NOTIFICATIONS_AREA, about="Who is notified of what by default"),
    Entry("settings/email_templates", "email-templates", "Email templates", "mail", Permission.SYSTEM_MANAGE, Scope.ALL,
          area=NOTIFICATIONS_AREA, about="Preview every email and send yourself a test"),
    Entry("settings/outgoing_messages", "outgoing-messages", "Outgoing messages", "outgoing_mail",
          Permission.SYSTEM_MANAGE, Scope.ALL, area=NOTIFICATIONS_AREA, about="Queued, late and failed messages"),
    Entry("settings/activities", "activities", "Activities", "work_history", Permission.SYSTEM_MANAGE,
          area=TIME_AREA, about="The kinds of work that people log time for"),
    Entry("settings/rates", "rates", "Rates", "payments", Permission.RATE_MANAGE, Scope.ALL,
          area=TIME_AREA, about="Hourly rates for cost reports"),
    Entry("settings/audit_log", "audit-log", "Audit log", "policy", Permission.AUDIT_READ, Scope.TEAM,
          area=PEOPLE_AREA, about="Changes to settings, sign-ins and refusals"),
    Entry("account/profile", "profile", "Profile", "account_circle"),
    Entry("account/notification_settings", "notification-settings", "Notification settings", "tune", listed=False),
    Entry("account/set_up", "set-up", "Set up", "rocket_launch", signed_out=True, listed=False),
    Entry("account/set_password", "set-password", "Set password", "key", signed_out=True, listed=False),
)  # fmt: skip


def list_areas(actor: Actor) -> dict[str, list[Entry]]:
    """Return the pages of administration that are for this person, by their area."""
    found: dict[str, list[Entry]] = {}
    for entry in ENTRIES:
        if entry.area and entry.opens_for(actor):
            found.setdefault(entry.area, []).append(entry)
    return found


def navigate(actor: Actor | None) -> "tuple[Page, Entry]":
    """Declare every page, so that deep links hold, listing only the person's; return the one asked for.

    Streamlit would list sections too, but in a way that screen readers can't follow, so administration has a page.
    """
    entries: dict[str, Entry] = {}
    pages: list[Page] = []
    for entry in ENTRIES:
        made = copy(_declare_page(entry, entry.listed and not entry.area and entry.opens_for(actor)))
        entries[made._script_hash] = entry
        pages.append(made)
    if elsewhere := _find_unknown_path():
        made = st.Page(page.show_not_found, title="Page not found", url_path=elsewhere, visibility="hidden")
        entries[made._script_hash] = Entry("", elsewhere, "Page not found", "search_off", listed=False)
        pages.append(made)
    chosen = st.navigation(pages, position="sidebar" if actor else "hidden", expanded=True)
    return chosen, entries[chosen._script_hash]


@cache
def _declare_page(entry: Entry, listed: bool) -> "Page":
    """Return a page of the menu; a run takes a copy, as Streamlit notes on it which one may be run."""
    return st.Page(
        f"pages/{entry.path}.py",
        title=entry.title,
        icon=f":material/{entry.icon}:",
        url_path=entry.url,
        default=not entry.url,
        visibility="visible" if listed else "hidden",
    )


def _find_unknown_path() -> str | None:
    """Return the path that was asked for when no page has it, as Streamlit would put a dialog of its own there."""
    path = page.current_path().partition("#")[0].strip("/")
    known = {entry.url for entry in ENTRIES}
    return path if re.fullmatch(r"[\w-]{1,80}", path) and path not in known else None
