"""P12 on the ticket page: what a real server shows and offers to each role and relation, against the same table."""

from collections.abc import Callable
from itertools import product

import pytest

from db.vocabulary import Permission
from tests import cast
from tests.conftest import EITHER
from tests.security.test_permission_matrix import RELATIONS, ROLES, expected, populate
from tests.security.test_permission_matrix_api import CANARY, Case, furnish
from tests.support.house import RunningDesk, set_up
from tests.support.wire import Run, Tab, get_component_data

NOTHING = "This page doesn't exist"


def asked(run: Run, label: str) -> bool:
    """Whether a choice with this label is offered."""
    return any(choice.label == label for choice in run.of("selectbox"))


def pressable(run: Run, label: str) -> bool:
    """Whether a button with this label is offered."""
    return any(button.label == label for button in run.of("button"))


def writes(run: Run, visibility: str) -> bool:
    """Whether one may write here for this audience."""
    return any(
        visibility in get_component_data(c)["visibilities"]
        for c in run.of("bidi_component")
        if c.component_name == "docket.writer"
    )


# What stands on the page for each permission that shows there.
SHOWN: dict[Permission, Callable[[Run, Case], bool]] = {
    Permission.TICKET_READ: lambda run, _: "The same" in run,
    Permission.COMMENT_READ_INTERNAL: lambda run, _: CANARY in run,
    Permission.COMMENT_PUBLIC: lambda run, _: writes(run, "public"),
    Permission.COMMENT_INTERNAL: lambda run, _: writes(run, "internal"),
    Permission.ATTACHMENT_READ: lambda run, case: f"/attachments/{case.file}" in run,
    Permission.TICKET_UPDATE: lambda run, _: pressable(run, "Edit ticket"),
    Permission.TICKET_PRIORITY: lambda run, _: asked(run, "Priority"),
    Permission.TICKET_MOVE_TEAM: lambda run, _: asked(run, "Team"),
    Permission.TICKET_TRANSITION: lambda run, _: asked(run, "Status"),
    Permission.TICKET_CLOSE: lambda run, _: asked(run, "Status") or pressable(run, "Mark as solved"),
    Permission.TICKET_ASSIGN_OTHER: lambda run, _: pressable(run, "Assign"),
    Permission.TIME_READ: lambda run, _: "** logged" in run,
    Permission.TIME_LOG: lambda run, _: pressable(run, "Log time"),
    Permission.TIME_MANAGE: lambda run, _: asked(run, "Log time for"),
    Permission.TICKET_MERGE: lambda run, _: "Link to another ticket" in run,
}


@pytest.fixture(params=EITHER)
def house(request, server, databases) -> RunningDesk:
    url = databases.fresh(request.param)
    return set_up(server(DOCKET_DATABASE_URL=url), url)


def test_the_ticket_page_shows_and_offers_what_the_table_says(house):
    people, numbers = populate(house.people)
    wrong, executed = [], 0
    for role in ROLES:
        with Tab(house.url, cookie=cast.sign_in(people[role])) as tab:
            for relation in RELATIONS:
                case = furnish(people[role], numbers[role, relation])
                run = tab.run("ticket", query=f"id={case.number}")
                for permission, shown in SHOWN.items():
                    answer = "allowed" if shown(run, case) else "hidden" if NOTHING in run else "refused"
                    executed += 1
                    if answer != expected(permission, role, relation):
                        wrong.append((permission.value, role, relation, answer))
    assert wrong == []
    assert executed == len(list(product(SHOWN, ROLES, RELATIONS))) == 780
