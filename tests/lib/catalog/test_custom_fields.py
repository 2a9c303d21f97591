"""Custom fields: typed, shown in the history, and hidden from people who may not read them."""

from datetime import date

import pytest
from sqlmodel import col, select

from db.models import Event, FieldValue, Role
from db.vocabulary import Access, Action, FieldKind
from lib.access import ticket_versions
from lib.catalog import categories, custom_field_values, custom_fields
from lib.conversation import history, timeline
from lib.core.errors import Conflict, Invalid, NotFound, NotPermitted
from lib.lists import filters, ticket_list
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED

CANARY = "zebrafinch"


def roles_():
    with see() as session:
        return {name: id for id, name in session.exec(select(Role.id, Role.name)).all()}


def make(desk, name, kind="text", *, access=None, **more):
    """Add a field; `access` as {"agent": "write"}, by default what a new field has."""
    ids = roles_()
    given = None if access is None else {ids[role]: Access[level.upper()] for role, level in access.items()}
    with act() as session:
        row = custom_fields.create(session, desk.ada, name=name, kind=FieldKind(kind), access=given, **more)
        return row.id


def change(desk, id, verb, **more):
    with act() as session:
        verb(session, desk.ada, custom_fields.get(session, desk.ada, id), **more)


def put(actor, number, **given):
    with act() as session:
        ticket = tickets.find(session, actor, number, to_change=True)
        custom_field_values.update(
            session, actor, ticket, given=given, seen=ticket_versions.visible_version(actor, ticket)
        )


def held(actor, number):
    with see() as session:
        found = custom_field_values.list_for_ticket(session, actor, tickets.find(session, actor, number))
    return {each.field.key: each.shown for each in found}


def told(actor, number):
    with see() as session:
        return [
            line.sentence
            for line in history.list_for_ticket(session, actor, tickets.find(session, actor, number))
        ]


def find(actor, asked):
    with see() as session:
        found = filters.parse_parameters(session, actor, {"field": [asked]})
        return {row.number for row in ticket_list.get_page(session, actor, found).rows}


@pytest.fixture
def number(desk):
    return cast.create_ticket(desk.sam)


def test_each_kind_keeps_its_value_and_tells_of_it(desk, number):
    make(desk, "Asset tag")
    make(desk, "Price", "number")
    make(desk, "Needed on", "date")
    make(desk, "Site", "choice", choices=["Nørth", "South"])
    make(desk, "Approver", "person")
    given = {"asset_tag": "PC-4711", "price": 12.5, "needed_on": "2026-01-31", "site": "South"}
    put(desk.rita, number, **given, approver=desk.mona.id)
    shown = {"asset_tag": "PC-4711", "price": "12.5", "needed_on": "2026-01-31", "site": "South"}
    assert held(desk.rita, number) == {**shown, "approver": "Mona Lind"}
    put(desk.rita, number, **given, approver=desk.mona.id)
    put(desk.rita, number, price=13, site="Nørth", approver=None)
    assert held(desk.rita, number)["approver"] == ""
    assert told(desk.rita, number)[1:] == [
        "set Asset tag to PC-4711", "set Price to 12.5", "set Needed on to 2026-01-31", "set Site to South",
        "set Approver to Mona Lind", "set Price to 13", "set Site to Nørth", "removed Approver",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("text", [7, "x" * 501, "\x00", "\ud800"]),
        ("number", ["much", "nan", "inf", True, 10**16, "9" * 400]),
        ("date", ["31.01.2026", "2026-02-30", 7, "tomorrow"]),
        ("choice", ["Neither", 99_999, True, 1.5]),
        ("person", [99_999, -1, 2**40, "Rita", True]),
    ],
)
def test_what_a_kind_doesn_t_have_is_refused_with_a_sentence(desk, number, kind, wrong):
    make(desk, "Thing", kind, choices=["One"] if kind == "choice" else [])
    for raw in wrong:
        with pytest.raises(Invalid) as no:
            put(desk.rita, number, thing=raw)
        assert list(no.value.fields) == ["fields.thing"] and no.value.sentence.endswith(".")
    assert held(desk.rita, number) == {"thing": ""}


def test_whoever_may_not_read_a_field_gets_no_byte_of_it(desk, number):
    secret = make(desk, f"Secret {CANARY}", access={"manager": "write", "administrator": "read"})
    key = f"secret_{CANARY}"
    put(desk.mona, number, **{key: CANARY})
    assert held(desk.mona, number) == {key: CANARY} == held(desk.ada, number)
    for who in (desk.sam, desk.rita):
        with see() as session:
            ticket = tickets.find(session, who, number)
            everything = (
                custom_field_values.list_for_ticket(session, who, ticket),
                history.list_for_ticket(session, who, ticket),
                timeline.get_page(session, who, ticket),
                custom_fields.list_readable(session, who),
                custom_field_values.list_for_new_ticket(
                    session, who, category_id=ticket.category_id, team_id=1
                ),
            )
        assert CANARY not in repr(everything)
        for asked in (f"{key}={CANARY}", key):
            with pytest.raises(Invalid, match="There is no field"):
                find(who, asked)
        with pytest.raises(Invalid, match="There is no field"):
            put(who, number, **{key: "x"})
    with pytest.raises(NotPermitted, match="may read"):
        put(desk.ada, number, **{key: "x"})
    assert find(desk.mona, f"{key}={CANARY}") == {number}
    change(desk, secret, custom_fields.set_access, access={roles_()["agent"]: Access.READ})
    assert f"set Secret {CANARY} to {CANARY}" in told(desk.rita, number)
    change(desk, secret, custom_fields.set_access, access={roles_()["agent"]: Access.NONE})
    assert CANARY not in repr(told(desk.rita, number))
    change(desk, secret, custom_fields.archive)
    assert held(desk.mona, number) == {} and CANARY not in repr(told(desk.mona, number))


def test_staff_who_only_take_part_have_what_requesters_have(desk):
    make(desk, "Cost", "number", access={"agent": "write", "requester": "none"})
    make(desk, "Room", access={"agent": "write", "requester": "read"})
    theirs = cast.create_ticket(desk.bela, "My own request")
    mine = cast.create_ticket(desk.sam)
    put(desk.rita, theirs, cost=5, room="A1")
    put(desk.rita, mine, cost=5, room="A1")
    assert held(desk.rita, theirs) == {"cost": "5", "room": "A1"}
    assert held(desk.bela, theirs) == {"room": "A1"}
    assert held(desk.sam, mine) == {"room": "A1"}
    assert find(desk.rita, "cost=5") == {mine, theirs} and find(desk.bela, "cost=5") == set()
    assert find(desk.bela, "room=a1") == {theirs} and find(desk.sam, "room=a1") == {mine}
    assert "set Cost to 5" not in told(desk.bela, theirs)
    with pytest.raises(Invalid, match="There is no field"):
        put(desk.bela, theirs, cost=1)


def test_fields_are_asked_for_where_they_belong_and_when_they_are_required(desk):
    with act() as session:
        special = categories.create(session, desk.ada, name="Hardware").id
    access = {"requester": "write", "agent": "write"}
    make(desk, "Asset", access=access, required=True, in_categories=[special])
    make(desk, "Budget", access={"agent": "write"}, required=True, in_categories=[special])
    plain = cast.create_ticket(desk.sam)
    assert held(desk.rita, plain) == {}
    with pytest.raises(Invalid) as no:
        cast.create_ticket(desk.sam, category_id=special)
    assert no.value.fields == {"fields.asset": "This field is required."}, "nor a word of the budget"
    number = cast.create_ticket(desk.sam, category_id=special, fields={"asset": "PC-1"})
    assert held(desk.sam, number) == {"asset": "PC-1"}
    with pytest.raises(Invalid, match="required"):
        put(desk.sam, number, asset=None)
    with pytest.raises(Invalid, match="no field"):
        cast.create_ticket(desk.sam, category_id=special, fields={"asset": "PC-1", "budget": "5"})
    with pytest.raises(Invalid, match="Asset, Budget"):
        cast.create_ticket(desk.rita, category_id=special)
    assert told(desk.sam, number) == ["created it"]
    put(desk.rita, plain, asset="PC-2")
    assert held(desk.rita, plain) == {"asset": "PC-2"}, "what it holds is shown in another category too"


def test_requesters_change_theirs_until_the_first_reply(desk, number):
    make(desk, "Room", access={"requester": "write", "agent": "write"})
    put(desk.sam, number, room="A1")
    cast.add_comment(desk.rita, number, "On my way.")
    with pytest.raises(Invalid, match="until the first reply"):
        put(desk.sam, number, room="A2")
    put(desk.rita, number, room="A2")
    with pytest.raises(NotFound):
        put(desk.bob, number, room="A3")
    with pytest.raises(Conflict), act() as session:
        ticket = tickets.find(session, desk.rita, number, to_change=True)
        custom_field_values.update(session, desk.rita, ticket, given={"room": "A4"}, seen=1)


def test_fields_are_found_by_their_values(desk):
    make(desk, "Asset tag")
    make(desk, "Price", "number")
    make(desk, "Needed on", "date")
    make(desk, "Site", "choice", choices=["Nørth", "South"])
    make(desk, "Approver", "person")
    one, two = cast.create_ticket(desk.sam), cast.create_ticket(desk.sam)
    put(
        desk.rita,
        one,
        asset_tag="Café 1",
        price=5,
        needed_on="2026-01-31",
        site="Nørth",
        approver=desk.mona.id,
    )
    put(desk.rita, two, asset_tag="Other", price=50, needed_on="2026-03-01", site="South")
    for asked in (
        "asset_tag=CAFE 1", "Asset tag = café 1", "price<10", "price=5.0", "needed_on<2026-02-01",
        "needed_on=2026-01-31", "site=nørth", f"approver={desk.mona.id}", "approver=Mona Lind", "approver",
        "!price>=50",
    ):  # fmt: skip
        assert find(desk.rita, asked) == {one}, asked
    assert find(desk.rita, "price") == {one, two}
    for asked in (
        "nothing=1",
        "price=much",
        "needed_on=soon",
        "asset_tag>a",
        "=",
        "price=9e999",
        "site<South",
    ):
        with pytest.raises(Invalid) as no:
            find(desk.rita, asked)
        assert "field" in no.value.fields


def test_only_administrators_keep_fields(desk):
    id = make(desk, "Room")
    for verb, more in (
        (custom_fields.rename, {"name": "X"}),
        (custom_fields.set_required, {"required": True}),
        (custom_fields.set_categories, {"in_categories": []}),
        (custom_fields.set_choices, {"choices": ["a"]}),
        (custom_fields.set_access, {"access": {}}),
        (custom_fields.archive, {}),
    ):
        with see() as session:
            row = custom_fields.get(session, desk.ada, id)
        for who in (desk.sam, desk.rita, desk.mona):
            with pytest.raises(NotPermitted), act() as session:
                verb(session, who, row, **more)
            with pytest.raises(NotPermitted), act() as session:
                custom_fields.get(session, who, 99_999)
    with pytest.raises(NotPermitted), act() as session:
        custom_fields.create(session, desk.mona, name="X", kind=FieldKind.TEXT)
    with pytest.raises(NotFound), act() as session:
        custom_fields.get(session, desk.ada, 99_999)


def test_names_keys_and_choices_are_sound(desk, number):
    site = make(desk, "Site", "choice", choices=["North", "South"])
    for name, more in (("Site", {}), ("SITE", {"key": "x"}), ("", {}), ("x" * 41, {}), ("Ελλάδα", {})):
        with pytest.raises(Invalid):
            make(desk, name, **more)
    with pytest.raises(Invalid):
        make(desk, "Choice", "choice")
    with pytest.raises(Invalid):
        make(desk, "Text", choices=["a"])
    put(desk.rita, number, site="North")
    change(desk, site, custom_fields.set_choices, choices=["South", "East"])
    assert held(desk.rita, number) == {"site": "North"}, "what was chosen stays"
    with pytest.raises(Invalid, match="South, East"):
        put(desk.rita, number, site="North")
    change(desk, site, custom_fields.rename, name="Place")
    change(desk, site, custom_fields.set_required, required=True)
    change(desk, site, custom_fields.archive)
    make(desk, "Site")
    with see() as session:
        chosen = select(Event.field, Event.old, Event.new).where(Event.action == Action.FIELD_CHANGED)
        rows = session.exec(chosen.order_by(col(Event.id)).execution_options(**UNSCOPED)).all()
        kept = session.exec(select(FieldValue).execution_options(**UNSCOPED)).all()
    assert rows == [
        ("choices", "North, South", "South, East"), ("name", "Site", "Place"), ("required", "no", "yes"),
    ]  # fmt: skip
    assert len(kept) == 1


def test_values_stand_in_the_column_of_their_kind(desk, number):
    make(desk, "Needed on", "date")
    put(desk.rita, number, needed_on="2026-01-31")
    with see() as session:
        row = session.exec(select(FieldValue).execution_options(**UNSCOPED)).one()
    assert (row.day, row.words, row.number) == (date(2026, 1, 31), None, None)
