from datetime import UTC, datetime, timedelta

import streamlit as st

from ui.components.ticket_rows import Column, Empty, Row, ticket_rows

now = datetime.now(UTC)
ODD = {
    3: "<img src=x onerror='window.hurt=1'><script>window.hurt=1</script>",
    4: "W" * 200,
    5: "الطابعة في الطابق الثاني لا تعمل",
    6: "🖨️ Printer 🔥🔥🔥 " + "and it goes on about the same thing for a long while " * 4,
}
KINDS = [("To-Do", "todo"), ("In Progress", "active"), ("Blocked", "blocked"), ("Pending", "paused"), ("Completed", "done")]
PEOPLE = ["Rita Agbaje", "Tom Okafor-Lindqvist", "", "Zoë Ångström"]
rows = []
for n in range(60):
    status, kind = KINDS[n % 5]
    rows.append(
        Row(
            number=1060 - n,
            title=ODD.get(n, ["Printer on floor 2 jams", "Invoice 8841 was paid twice", "New laptop for Anna Berg", "VPN drops every hour"][n % 4]),
            status=status,
            kind=kind,
            priority=["normal", "high", "urgent", "low"][n % 4],
            updated=now - timedelta(minutes=[0, 3, 47, 200, 1700, 6000, 60000][n % 7], days=n // 7),
            category=["Hardware", "Billing", "Accounts and access", ""][n % 4],
            assignee=PEOPLE[n % 4],
            requester=PEOPLE[(n + 1) % 4],
            unread=n in (1, 4),
            confidential=n == 2,
        )
    )

st.title("Tickets")
st.write("Filter:", st.query_params.get("status", "all"))
sort = st.query_params.get("sort", "-updated")
columns = [
    Column("title", "Ticket"),
    Column("category", "Category"),
    Column("priority", "Priority", "?sort=-priority"),
    Column("status", "Status"),
    Column("assignee", "Assignee"),
    Column("requester", "Requester"),
    Column("updated", "Updated", "?sort=updated" if sort == "-updated" else "?sort=-updated"),
]
if "none" in st.query_params:
    rows = []
ticket_rows(
    rows, key="tickets", columns=columns, sort=sort,
    empty=Empty("Nothing is waiting for you.", "New ticket", "/new"),
)
