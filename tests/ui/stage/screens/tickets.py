from datetime import UTC, datetime, timedelta

import streamlit as st

from db.vocabulary import Priority, StatusCategory
from lib.catalog.ticket_fields import TicketRow
from ui.components.ticket_rows import COLUMNS, Column, EmptyState, ticket_rows

ODD = {
    3: "<img src=x onerror='window.hurt=1'><script>window.hurt=1</script>",
    4: "W" * 200,
    5: "الطابعة في الطابق الثاني لا تعمل",
    6: "🖨️ Printer 🔥🔥🔥 " + "and it goes on about the same thing for a long while " * 4,
}
TITLES = [
    "Printer on floor 2 jams",
    "Invoice 8841 was paid twice",
    "New laptop for Anna Berg",
    "VPN drops every hour",
]
STATUSES = ["To-Do", "In Progress", "Blocked", "Pending", "Completed"]
PEOPLE = ["Rita Agbaje", "Tom Okafor-Lindqvist", None, "Zoë Ångström"]
AGES = [0, 3, 47, 200, 1700, 6000, 60000]
NOW = datetime.now(UTC)


def row(n: int) -> TicketRow:
    at = NOW - timedelta(minutes=AGES[n % 7], days=n // 7)
    return TicketRow(
        number=1060 - n,
        title=ODD.get(n, TITLES[n % 4]),
        status=STATUSES[n % 5],
        status_id=n % 5,
        kind=list(StatusCategory)[n % 5],
        priority=list(Priority)[(n + 1) % 4],
        category=["Hardware", "Billing", "Accounts and access", None][n % 4],
        category_id=None,
        team="Desk",
        team_id=1,
        requester=PEOPLE[(n + 1) % 4] or "Ann",
        requester_id=1,
        assignee=PEOPLE[n % 4],
        assignee_id=None,
        confidential=n == 2,
        created_at=at,
        updated_at=at,
        first_response_at=None,
        resolved_at=None,
        version=1,
    )


sort = st.query_params.get("sort", "-updated")
SORTED = {"priority": "?sort=-priority", "updated": "?sort=updated"}
columns = [Column(c.field, c.label, SORTED.get(c.field, ""), c.type) for c in COLUMNS]
st.title("Tickets")
st.write("Filter:", st.query_params.get("status", "all"))
ticket_rows(
    [] if "none" in st.query_params else [row(n) for n in range(60)],
    key="tickets",
    columns=columns,
    sort=sort,
    fresh={1059, 1056},
    empty=EmptyState("Nothing is waiting for you.", "New ticket", "/new"),
)
