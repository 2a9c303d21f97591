"""Saved views: kept by one, seen by a team, changed by nobody else."""

import pytest
from sqlmodel import col, select

from db.models import Event
from db.vocabulary import Action
from lib.catalog.ticket_fields import LISTED
from lib.core.errors import Invalid, NotFound, NotPermitted
from lib.lists import columns, saved_views
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED
from ui.tickets import saved_views as ui_views


def keep(actor, name="Stuck", line="is:blocked", **more):
    with act() as session:
        return saved_views.create(session, actor, name=name, line=line, **more).id


def change(verb, actor, view_id, **more):
    with act() as session:
        verb(session, actor, saved_views.get(session, actor, view_id), **more)


def names(actor):
    with see() as session:
        return [(view.name, view.own) for view in saved_views.list_all(session, actor)]


def test_a_view_is_its_owner_s_until_it_is_shared_with_a_team(desk):
    kept = keep(desk.rita)
    assert names(desk.rita) == [("Stuck", True)] and names(desk.arun) == names(desk.ada) == []
    change(saved_views.share, desk.rita, kept, team_id=desk.service_desk)
    assert names(desk.arun) == [("Stuck", False)] and names(desk.bela) == names(desk.sam) == []
    change(saved_views.share, desk.rita, kept, team_id=None)
    assert names(desk.arun) == []


def test_others_see_at_most_and_change_nothing(desk):
    private, shared = keep(desk.rita), keep(desk.rita, "Ours")
    change(saved_views.share, desk.rita, shared, team_id=desk.service_desk)
    for verb, more in (
        (saved_views.rename, {"name": "Mine"}),
        (saved_views.set_query, {"line": ""}),
        (saved_views.set_sort, {"sort": "created"}),
        (saved_views.share, {"team_id": None}),
        (saved_views.set_layout, {"facts": ["team"], "group": ""}),
        (saved_views.move, {"at": 1}),
        (saved_views.delete, {}),
    ):
        with pytest.raises(NotPermitted):
            change(verb, desk.mona, shared, **more)
        for stranger in (desk.bela, desk.sam, desk.ada):
            with pytest.raises(NotFound):
                change(verb, stranger, private, **more)
    assert names(desk.rita) == [("Stuck", True), ("Ours", True)]


def test_only_staff_share_and_only_with_a_team_of_theirs(desk):
    asked, kept = keep(desk.sam), keep(desk.rita)
    with pytest.raises(NotPermitted):
        change(saved_views.share, desk.sam, asked, team_id=desk.service_desk)
    with pytest.raises(NotPermitted):
        change(saved_views.share, desk.rita, kept, team_id=desk.facilities)
    with pytest.raises(Invalid):
        change(saved_views.share, desk.rita, kept, team_id=999)


def test_views_stand_in_the_order_that_their_owner_gave(desk):
    ids = [keep(desk.rita, name) for name in "abcd"]
    change(saved_views.move, desk.rita, ids[3], at=2)
    assert [name for name, _ in names(desk.rita)] == ["a", "d", "b", "c"]
    change(saved_views.move, desk.rita, ids[0], at=50)
    assert [name for name, _ in names(desk.rita)] == ["d", "b", "c", "a"]


def test_what_can_t_be_kept_is_told(desk, monkeypatch):
    for more in (
        {"name": " "},
        {"name": "x" * 61},
        {"line": "x" * 2001},
        {"line": "\x00"},
        {"sort": "title"},
    ):
        with pytest.raises(Invalid):
            keep(desk.rita, **more)
    monkeypatch.setattr(saved_views, "MAX_VIEWS", 1)
    keep(desk.rita)
    with pytest.raises(Invalid):
        keep(desk.rita)


def test_each_deed_is_one_event_and_nothing_is_none(desk):
    kept = keep(desk.rita)
    change(saved_views.rename, desk.rita, kept, name="Stuck")
    change(saved_views.rename, desk.rita, kept, name="Waiting")
    change(saved_views.delete, desk.rita, kept)
    with see() as session:
        told = session.exec(
            select(col(Event.action), col(Event.old), col(Event.new))
            .where(Event.subject == f"view:{kept}")
            .order_by(Event.id)
            .execution_options(**UNSCOPED)
        ).all()
    assert [tuple(row) for row in told] == [
        (Action.VIEW_CREATED, None, "Stuck"), (Action.VIEW_CHANGED, "Stuck", "Waiting"),
        (Action.VIEW_DELETED, "Waiting", None),
    ]  # fmt: skip
    assert names(desk.rita) == []


def test_whoever_leaves_a_team_loses_its_views(desk):
    from lib.people import teams

    kept = keep(desk.rita)
    change(saved_views.share, desk.rita, kept, team_id=desk.service_desk)
    with act() as session:
        teams.remove_member(
            session, desk.ada, cast.get_team(session, desk.service_desk), cast.get_person(session, desk.arun)
        )
    assert names(cast.reload_actor(desk.arun)) == []


def test_columns_and_groups_are_kept_and_only_those_that_there_are(desk):
    kept = keep(desk.rita, facts=["due", "status"], group="team")
    with see() as session:
        (card,) = saved_views.list_all(session, desk.rita)
        assert (columns.parse(card.facts), card.grouping) == (("due", "status"), "team")
    change(saved_views.set_layout, desk.rita, kept, facts=columns.DEFAULT_COLUMNS, group="")
    with see() as session:
        (card,) = saved_views.list_all(session, desk.rita)
        assert (card.facts, card.grouping, columns.parse(card.facts)) == ("", "", columns.DEFAULT_COLUMNS)
    for facts, group in ((["title"], ""), (["due", "due"], ""), (list(LISTED), ""), ([], "due")):
        with pytest.raises(Invalid):
            change(saved_views.set_layout, desk.rita, kept, facts=facts, group=group)


def test_any_text_can_stand_for_columns():
    assert columns.parse(columns.to_text(())) == ()
    assert columns.parse("due,nothing,due, status ,<b>") == ("due", "status")
    assert len(columns.parse(",".join(LISTED))) == columns.MAX_COLUMNS


def test_a_view_that_is_not_fully_understood_has_no_count(desk):
    cast.create_ticket(desk.sam, "The printer is broken")
    keep(desk.rita, "All", "is:open")
    keep(desk.rita, "Odd", "is:open status:nowhere")
    with see() as session:
        kept = {view.name: view for view in saved_views.list_all(session, desk.rita)}
        sound, odd = (ui_views._count_tickets(session, desk.rita, kept[name]) for name in ("All", "Odd"))
    assert (sound.count, sound.notes) == (1, ())
    assert odd.count is None and "nowhere" in odd.notes[0]
