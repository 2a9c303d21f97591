"""A list in the order of due dates is walked along its index, and nothing but what is shown is sorted."""

import pytest
from sqlalchemy import event

from lib import transactions
from lib.lists import filters, ticket_list
from lib.transactions import see
from tests import cast

pytestmark = pytest.mark.both_databases("each database plans the walk along the index its own way")


def plan(person, sort: str) -> list[str]:
    """Return how SQLite finds the first two pages of a list."""
    engine, statements = transactions.engine(), []

    def keep(_connection, _cursor, statement, parameters, *_):
        if "ORDER BY" in statement:
            statements.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", keep)
    try:
        with see() as session:
            narrowed = filters.parse_parameters(session, person, {})
            first = ticket_list.get_page(session, person, narrowed, sort=sort, limit=2)
            assert first.next
            ticket_list.get_page(session, person, narrowed, sort=sort, limit=2, cursor=first.next)
    finally:
        event.remove(engine, "before_cursor_execute", keep)
    with engine.connect() as connection:
        explained = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {s}", p).all() for s, p in statements]
    return [row[3] for rows in explained for row in rows]


@pytest.mark.parametrize(
    ("who", "index"),
    [("sam", None), ("rita", "ix_ticket_team_due"), ("mona", "ix_ticket_team_due"), ("ada", "ix_ticket_due")],
)
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_it_is_found_along_its_index(desk, who, index):
    person = cast.reload_actor(getattr(desk, who))
    for number in range(5):
        cast.create_ticket(desk.sam, f"Order {number}")
    for sort, like in (("due", "created"), ("-due", "-created")):
        steps = plan(person, sort)
        assert index is None or any(f"USING INDEX {index}" in step for step in steps)
        assert not [step for step in steps if step == "SCAN ticket"]
        sorts = [sum("TEMP B-TREE" in step for step in each) for each in (steps, plan(person, like))]
        assert sorts[0] == sorts[1], "as few sorts as in the order of creation"
