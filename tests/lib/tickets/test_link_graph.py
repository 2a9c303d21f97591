"""Whatever is tried, in whatever order: links never form a circle, and no move leaves the allowed graph."""

from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from db.models import Link, Ticket
from db.vocabulary import LinkKind, StatusCategory
from lib.access import roles
from lib.catalog import statuses
from lib.core.errors import Invalid, NotFound, NotPermitted
from lib.tickets import merge, tickets, workflow
from lib.transactions import act, see
from tests import cast
from tests.lib.tickets.test_links import link, unlink
from tests.support.unscoped import UNSCOPED

FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TICKETS = 5
NAMES = ["To-Do", "In Progress", "Blocked", "Pending", "Completed", "Cancelled"]
places = st.integers(0, TICKETS - 1)
ends = st.sampled_from(["blocks", "blocked_by", "parent", "child", "duplicates"])
deeds = st.one_of(
    st.tuples(st.just("link"), places, ends, places),
    st.tuples(st.just("unlink"), places, st.sampled_from(["blocks", "parent", "duplicates"]), places),
    st.tuples(st.just("merge"), places, st.just(""), places),
    st.tuples(st.just("unmerge"), places, st.just(""), places),
)  # fmt: skip


def do(desk, deed, here, name, there):
    if deed == "link":
        link(desk.rita, here, name, there)
    elif deed == "unlink":
        unlink(desk.rita, here, name, there)
    else:
        with act() as session:
            ticket, other = merge.lock_pair(session, desk.ada, here, there)
            if deed == "merge":
                merge.merge(session, desk.ada, ticket, into=other, seen=ticket.version)
            else:
                merge.unmerge(session, desk.ada, ticket, into=other)


def circles(numbers):
    """The tickets from which links of a kind lead back to themselves, and what is wrong with merges."""
    with see() as session:
        rows = session.exec(
            select(Link).where(col(Link.source_id).in_(numbers)).execution_options(**UNSCOPED)
        ).all()
        chosen = select(Ticket.id, Ticket.merged_into_id).where(col(Ticket.id).in_(numbers))
        went = dict(session.exec(chosen.execution_options(**UNSCOPED)).all())
    for kind in (LinkKind.BLOCKS, LinkKind.PARENT, LinkKind.DUPLICATES):
        ahead = {n: {r.target_id for r in rows if r.kind == kind and r.source_id == n} for n in numbers}
        for through, start, end in product(numbers, repeat=3):
            if through in ahead[start] and end in ahead[through]:
                ahead[start].add(end)
        yield from (n for n in numbers if n in ahead[n])
        ends = [r.target_id if kind == LinkKind.PARENT else r.source_id for r in rows if r.kind == kind]
        if kind != LinkKind.BLOCKS and len(ends) != len(set(ends)):
            yield f"two {kind}"
    merged = {n for n, to in went.items() if to is not None}
    yield from (n for n in merged if went[n] in merged)
    yield from (r.id for r in rows if {r.source_id, r.target_id} & merged)


@FEW
@given(tried=st.lists(deeds, max_size=14))
def test_links_and_merges_never_form_a_circle(desk, tried):
    numbers = [cast.create_ticket(desk.sam) for _ in range(TICKETS)]
    for deed, here, name, there in tried:
        try:
            do(desk, deed, numbers[here], name, numbers[there])
        except Invalid:
            continue
        assert list(circles(numbers)) == []


rules = st.dictionaries(
    st.tuples(st.sampled_from(["agent", "manager"]), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.booleans(), st.booleans()),
    max_size=12,
)
moves = st.lists(
    st.tuples(st.sampled_from(["sam", "bob", "rita", "bela", "mona", "ada"]), st.sampled_from(NAMES), st.booleans()),
    max_size=12,
)  # fmt: skip


@FEW
@given(ruled=rules, tried=moves)
def test_no_move_leaves_the_allowed_graph(desk, ruled, tried):
    set_up = {key: allowed_and_asks for key, allowed_and_asks in ruled.items() if key[1] != key[2]}
    with act() as session:
        found = {name: statuses.get(session, name) for name in NAMES}
        ids = {name: roles.get(session, name).id for name in ("agent", "manager")}
        for role, was, to in product(ids, NAMES, NAMES):
            allowed, asks = set_up.get((role, was, to), (True, False))
            workflow.set_rule(
                session, desk.ada, role_id=ids[role], was=found[was], to=found[to], allowed=allowed, asks_reason=asks,
            )  # fmt: skip
    number, here = cast.create_ticket(desk.sam), "To-Do"
    for who, to, reason in tried:
        actor = getattr(desk, who)
        allowed, asks = set_up.get((actor.role, here, to), (True, False))
        try:
            with act() as session:
                ticket = tickets.find(session, actor, number, to_change=True)
                tickets.move(
                    session, actor, ticket, to=statuses.get(session, to), seen=ticket.version,
                    reason="because" if reason else "",
                )  # fmt: skip
        except (Invalid, NotFound, NotPermitted):
            went = here
        else:
            went = to
        if went != here:
            assert allowed and (reason or not asks), (who, here, to)
            assert who in ("sam", "rita", "mona", "ada")
            done = [found[name].kind == StatusCategory.DONE for name in (here, to)]
            assert who != "sam" or any(done), "a requester completes and reopens, and no more"
            here = went
        elif who in ("rita", "mona") and to != here:
            assert not allowed or (asks and not reason), (who, here, to)
        with see() as session:
            assert session.get_one(Ticket, number, execution_options=UNSCOPED).status_id == found[here].id
