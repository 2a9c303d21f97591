"""Settings that administrators change: versions, conflicts, one short query, other processes, and the desk's day."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, insert
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from db.models import Event, Message, NotificationSchedule, Setting
from db.vocabulary import Action
from lib.access import gate
from lib.assignment import assignment
from lib.core import clock, settings, time_zones
from lib.core.errors import Conflict, Invalid, NotFound, NotPermitted
from lib.desk_settings import desk_settings
from lib.desk_settings.setting_catalog import CATALOG, TIME_ZONE
from lib.lists import filters, query_language, ticket_list
from lib.notifications.email import renderer
from lib.people import absences, accounts
from lib.reports import ticket_export
from lib.tickets import tickets
from lib.timekeeping import local_dates, timers, timesheets, weeks
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED

ROOT = Path(__file__).parents[3]
BERLIN, AUCKLAND, TOKYO = "Europe/Berlin", "Pacific/Auckland", "Asia/Tokyo"
LATE = datetime(2026, 3, 31, 20, 30, tzinfo=UTC)
"""The first of April already in Auckland, the last of March in Berlin."""


def put(desk, value, *, seen=None):
    with act() as session:
        now = desk_settings.get_card(session, desk.ada, TIME_ZONE.name).version
        return desk_settings.update(
            session, desk.ada, TIME_ZONE.name, value, seen=now if seen is None else seen
        )


def current():
    with see() as session:
        return desk_settings.get(session, TIME_ZONE).key


def rows():
    with see() as session:
        return session.exec(select(Setting).order_by(col(Setting.id))).all()


def told():
    with see() as session:
        chosen = select(Event).where(Event.action == Action.SETTING_CHANGED).order_by(col(Event.id))
        return session.exec(chosen.execution_options(**UNSCOPED)).all()


class TestVersions:
    """A setting is changed by administrators, keeps what it was, and is not overwritten unseen."""

    def test_a_new_desk_has_the_defaults(self, desk):
        with see() as session:
            found = desk_settings.list_all(session, desk.ada)
        assert [card.name for card in found] == list(CATALOG)
        assert all((c.value, c.version, c.since, c.by) == (c.default, 1, None, None) for c in found)
        assert current() == "UTC" and rows() == []

    def test_each_change_is_a_version_and_one_event(self, desk):
        with clock.travel_to(LATE):
            put(desk, BERLIN)
        card = put(desk, TOKYO)
        assert (card.value, card.version, card.by) == (TOKYO, 3, "Ada Okafor")
        assert [(r.version, r.value, r.by_id) for r in rows()] == [
            (2, BERLIN, desk.ada.id),
            (3, TOKYO, desk.ada.id),
        ]
        assert rows()[0].since == LATE
        assert [(e.field, e.old, e.new, e.actor_id) for e in told()] == [
            ("time_zone", "UTC", BERLIN, desk.ada.id), ("time_zone", BERLIN, TOKYO, desk.ada.id),
        ]  # fmt: skip

    def test_the_value_that_it_has_changes_nothing(self, desk):
        assert put(desk, "UTC").version == 1
        put(desk, BERLIN)
        assert put(desk, BERLIN).version == 2
        assert len(rows()) == len(told()) == 1

    def test_a_change_from_an_older_version_is_refused(self, desk):
        put(desk, BERLIN)
        with pytest.raises(Conflict) as refused:
            put(desk, TOKYO, seen=1)
        assert refused.value.current == {"version": 2}
        assert current() == BERLIN and len(told()) == 1

    @pytest.mark.parametrize(
        "value",
        ["", "Berlin", "europe/berlin", "localtime", "Factory", "../../etc/passwd", "Europe/Berlin ", "a\0b"],
    )
    def test_what_is_no_time_zone_is_refused(self, desk, value):
        with pytest.raises(Invalid) as refused:
            put(desk, value)
        assert set(refused.value.fields) == {"value"} and rows() == []

    def test_nobody_else_reads_or_changes_them(self, desk):
        for actor in (desk.mona, desk.rita, desk.sam):
            with pytest.raises(NotPermitted), see() as session:
                desk_settings.list_all(session, actor)
            with pytest.raises(NotPermitted), act() as session:
                desk_settings.update(session, actor, TIME_ZONE.name, BERLIN, seen=1)
        with pytest.raises(NotFound), act() as session:
            desk_settings.update(session, desk.ada, "no_such_setting", BERLIN, seen=1)
        assert rows() == []

    def test_the_database_keeps_every_version(self, desk, engine):
        put(desk, BERLIN)
        orders = ["UPDATE setting SET value = 'UTC'", "DELETE FROM setting"]
        if engine.dialect.name == "sqlite":
            orders.append(
                "REPLACE INTO setting (id, name, version, value, since) VALUES (1, 'x', 2, 'y', '2026-01-01')"
            )
        for order in orders:
            with pytest.raises(DBAPIError), engine.execution_options(writes=True).begin() as connection:
                connection.exec_driver_sql(order)
        with pytest.raises(DBAPIError), engine.execution_options(writes=True).begin() as connection:
            twice = {"name": "time_zone", "version": 2, "value": "UTC", "since": clock.now()}
            connection.execute(insert(Setting).values(**twice))
        assert [row.value for row in rows()] == [BERLIN]

    def test_who_sets_the_desk_up_chooses_its_time_zone(self, engine, light_hashing):
        given = {"email": "ada@example.org", "name": "Ada Okafor", "password": cast.PASSWORD}
        with pytest.raises(Invalid), act() as session:
            accounts.create_first_administrator(session, **given, time_zone="Nowhere")
        with act() as session:
            ada = accounts.create_first_administrator(session, **given, time_zone=BERLIN)
        assert current() == BERLIN
        assert [(e.old, e.new, e.actor_id) for e in told()] == [("UTC", BERLIN, ada.id)]


@pytest.fixture
def asked(engine):
    """The statements that are sent to the database and name the table of settings."""
    said = []

    def hear(_connection, _cursor, statement, *_more):
        if "setting" in statement:
            said.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    yield said
    event.remove(engine, "before_cursor_execute", hear)


class TestCache:
    """Values are read once for each change, and a change is seen at once, by other processes too."""

    def test_a_transaction_asks_once_and_values_are_read_once(self, desk, asked):
        put(desk, BERLIN)
        current()
        asked.clear()
        with see() as session:
            assert {desk_settings.get(session, TIME_ZONE).key for _ in range(5)} == {BERLIN}
        assert len(asked) == 1 and "max(" in asked[0]

    def test_a_change_that_is_rolled_back_is_kept_by_nobody(self, desk):
        put(desk, BERLIN)
        with pytest.raises(ZeroDivisionError), act() as session:
            desk_settings.update(session, desk.ada, TIME_ZONE.name, TOKYO, seen=2)
            assert desk_settings.get(session, TIME_ZONE).key == TOKYO
            raise ZeroDivisionError
        assert current() == BERLIN
        put(desk, AUCKLAND)
        assert current() == AUCKLAND

    def test_another_process_sees_a_change_at_once(self, desk, database_url):
        script = (
            "import sys\n"
            "from db import engine\n"
            "from lib import transactions\n"
            "from lib.desk_settings import desk_settings\n"
            "from lib.desk_settings.setting_catalog import TIME_ZONE\n"
            "transactions.use_engine(engine.connect(sys.argv[1]))\n"
            "for _ in sys.stdin:\n"
            "    with transactions.see() as session:\n"
            "        print(desk_settings.get(session, TIME_ZONE).key, flush=True)\n"
        )
        other = subprocess.Popen(
            [sys.executable, "-c", script, database_url], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert other.stdin and other.stdout
        seen = []
        for value in ("UTC", BERLIN, TOKYO, TOKYO, "UTC"):
            put(desk, value)
            print("now", file=other.stdin, flush=True)
            seen.append(other.stdout.readline().strip())
        other.communicate(timeout=20)
        assert seen == ["UTC", BERLIN, TOKYO, TOKYO, "UTC"]


@pytest.fixture
def auckland(desk):
    """The desk's time zone is Auckland, where it is tomorrow; Arun chose Berlin."""
    put(desk, AUCKLAND)
    with act() as session:
        cast.get_person(session, desk.arun).timezone = BERLIN
    with clock.travel_to(LATE):
        yield desk


class TestTheDesksDay:
    """People without a time zone of their own have the desk's; those with one keep it."""

    def test_actors(self, auckland):
        assert cast.reload_actor(auckland.rita).zone.key == AUCKLAND
        assert cast.reload_actor(auckland.arun).zone.key == BERLIN
        assert cast.reload_actor(auckland.rita).timezone is None

    def test_weeks_and_months(self, auckland):
        mona, rita, arun = (cast.reload_actor(p) for p in (auckland.mona, auckland.rita, auckland.arun))
        with see() as session:
            shown = [
                weeks.get(session, mona, person_id=p.id, day=date(2026, 3, 31)).today for p in (rita, arun)
            ]
        assert shown == [date(2026, 4, 1), date(2026, 3, 31)]
        assert timesheets.has_ended(rita, date(2026, 3, 31)) and not timesheets.has_ended(
            arun, date(2026, 3, 31)
        )

    def test_timers_that_others_stop(self, auckland):
        number = cast.create_ticket(auckland.sam)
        with act() as session:
            timers.start(
                session, cast.reload_actor(auckland.rita), tickets.find(session, auckland.rita, number)
            )
        with see() as session:
            worker = gate.system_actor("tests")
            assert local_dates.worker_zone(session, worker, auckland.rita.id).key == AUCKLAND
            assert local_dates.worker_zone(session, worker, auckland.arun.id).key == BERLIN

    def test_absences(self, auckland):
        first = date(2026, 4, 1)
        with act() as session:
            for person in (auckland.rita, auckland.arun):
                row = cast.get_person(session, person)
                absences.add(session, auckland.ada, row, starts_on=first, ends_on=first)
        with see() as session:
            assert set(absences.list_away(session, [auckland.rita.id, auckland.arun.id])) == {
                auckland.rita.id
            }

    def test_searches_and_exports(self, auckland):
        number = cast.create_ticket(auckland.sam)
        for actor, day in ((auckland.rita, "2026-04-01"), (auckland.arun, "2026-03-31")):
            me = cast.reload_actor(actor)
            with see() as session:
                narrowed = query_language.parse_parameters(session, me, {"q": [f"created:{day}"]}).narrowed
                assert [row.number for row in ticket_list.get_page(session, me, narrowed).rows] == [number], (
                    day
                )
                every = ticket_export.prepare(
                    cast.reload_actor(auckland.mona), filters.parse_parameters(session, me, {}), sort="number"
                )
                assert every.actor.zone.key == AUCKLAND

    def test_emails_wait_for_the_morning_there(self, auckland, monkeypatch):
        monkeypatch.setenv("DOCKET_SMTP_HOST", "localhost")
        monkeypatch.setenv("DOCKET_SMTP_FROM", "desk@example.org")
        settings.current.cache_clear()
        pair = (auckland.rita, auckland.arun)
        with act() as session:
            session.add_all(NotificationSchedule(person_id=p.id, hours=24) for p in pair)
        for person in pair:
            number = cast.create_ticket(auckland.sam)
            with act() as session:
                assignment.set_assignee(
                    session, auckland.mona, tickets.find(session, auckland.mona, number), person.id
                )
            cast.add_comment(auckland.sam, number, "Is there any news?")
        with see() as session:
            chosen = select(Message.person_id, Message.due_at).where(col(Message.sort) == "digest")
            due = dict(session.exec(chosen.execution_options(**UNSCOPED)).all())
        assert due[auckland.rita.id] == datetime(2026, 4, 1, 19, tzinfo=UTC)
        assert due[auckland.arun.id] == datetime(2026, 4, 1, 6, tzinfo=UTC)

    def test_email_templates_tell_the_time_there(self, auckland):
        with see() as session:
            mail = renderer.render_sample(session, cast.reload_actor(auckland.ada), "ticket")
        assert "NZDT" in renderer.render_preview(mail, dark=False)[0]

    def test_a_stored_name_that_is_none_falls_back_to_the_desk_s(self, auckland):
        with see() as session:
            assert desk_settings.resolve_zone(session, "No/Where").key == AUCKLAND


def test_the_choices_hold_utc_first_every_region_and_what_a_browser_named():
    found = time_zones.list_choices("Etc/UTC", None, "No/Where")
    assert found[0] == "UTC" and found.count("UTC") == 1 and len(found) == len(set(found)) > 400
    assert {BERLIN, AUCKLAND, "Asia/Calcutta", "Etc/UTC"} <= set(found) and "No/Where" not in found
    assert all(time_zones.parse(name).key == name for name in found)
