"""The small company of the demo."""

import re
import stat
from datetime import UTC, datetime, timedelta

import pytest

from commands.demo import create, stories
from commands.demo.staff import CATEGORIES, FOUNDER, STAFF
from db.vocabulary import Source
from lib import transactions
from lib.catalog import canned_replies
from lib.conversation import attachments, history
from lib.core import clock
from lib.identity import passwords, sessions
from lib.integrations import storage
from lib.lists import ticket_list
from lib.people import accounts
from lib.reports import time_report
from lib.tickets import tickets
from lib.timekeeping import entries, timers, timesheets

MONDAY, SUNDAY = datetime(2026, 3, 30, 7, 0, tzinfo=UTC), datetime(2026, 3, 29, 23, 0, tzinfo=UTC)
NAMES = {colleague.key for colleague in (FOUNDER, *STAFF)}


def actor(key, role="agent"):
    with transactions.see() as session:
        person = accounts.find_by_email(session, f"{key}@hollisbrandt.example")
        return sessions.build_actor(session, person, role, channel=Source.PAGE)


@pytest.mark.parametrize("now", [MONDAY, SUNDAY])
class TestStories:
    def test_nothing_has_happened_in_the_future(self, now):
        assert max(step.at for step in stories.list_steps(now)) <= now

    def test_each_begins_with_its_ticket_and_goes_on_in_order(self, now):
        steps = stories.list_steps(now)
        assert [s.at for s in steps] == sorted(s.at for s in steps)
        begun = set()
        for step in steps:
            assert (step.number in begun) != (step.deed == "create")
            begun.add(step.number)

    def test_staff_work_by_day_and_in_the_week(self, now):
        recent = now - timedelta(days=1)
        late = [s for s in stories.list_steps(now) if s.at < recent and s.at.weekday() > 4]
        assert late == []

    def test_only_colleagues_and_known_categories_occur(self, now):
        steps = stories.list_steps(now)
        assert {s.who for s in steps} <= NAMES
        assert {s.words["category"] for s in steps if s.deed == "create"} <= {*CATEGORIES, "General"}


def test_the_company_lives_and_its_people_can_sign_in(run, data):
    result = run("demo")
    assert result.exit_code == 0, result.output
    file = data / "demo-accounts.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    shown = dict(re.findall(r"(\S+@hollisbrandt\.example) +(\S+)", result.output))
    assert len(shown) == len(NAMES)
    with transactions.see() as session:
        person = accounts.find_by_email(session, "priya@hollisbrandt.example")
        assert passwords.verify(shown[person.email], against=person.password_hash)

    priya, suharto = actor("priya"), actor("suharto", "requester")
    with transactions.see() as session:
        first = tickets.find(session, priya, 1)
        answers = canned_replies.suggest(session, priya, first)
        assert len(answers) >= 4 and "Bianca" in answers[0].body
        assert not [answer.name for answer in answers if "{" in answer.body]
        lines = history.list_for_ticket(session, priya, first)
        assert first.title.startswith("Label printer")
        assert first.created_at < clock.now() - timedelta(days=30)
        assert [line.at for line in lines] == sorted(line.at for line in lines)
        assert "wrote an internal note" in {line.sentence for line in lines}
        everything = ticket_list.get_page(session, actor("marguerite", "administrator"), limit=100).rows
        assert len(everything) > 50
        assert {row.kind.value for row in everything} == {"todo", "active", "blocked", "paused", "done"}
        mine = ticket_list.get_page(session, suharto, limit=100).rows
        assert {row.requester for row in mine} > {"Suharto"}  # his own, and one that he is in copy of
        assert not {row.number for row in mine} & {row.number for row in everything if row.confidential}

        logged = entries.list_visible(session, priya)
        assert (
            len({card.activity for card in logged}) > 1 and max(c.day for c in logged) <= clock.now().date()
        )
        assert timers.find_running_ticket_id(session, priya) is not None
        month = clock.now().date().replace(day=1) - timedelta(days=1)
        assert timesheets.get_state(session, priya.id, month) == timesheets.APPROVED
        assert timesheets.get_state(session, actor("junho").id, month) == timesheets.SUBMITTED
        found = time_report.build_report(
            session, actor("marguerite", "administrator"), by=["ticket"], per=None, cost=True,
            since=month - timedelta(days=60), until=clock.now().date(),
        )  # fmt: skip
        assert found.total > 600 and found.estimate and found.cost and not found.unpriced

        pictures = [
            (ticket, card)
            for row in ticket_list.get_page(session, priya, limit=100).rows
            for ticket in [tickets.find(session, priya, row.number)]
            for card in attachments.list_for_ticket(session, priya, ticket)
            if card.preview
        ]
        path = attachments.get(session, priya, pictures[0][1].id).path
    assert storage.get(path).startswith(b"\x89PNG")
    assert storage.get(attachments.thumbnail_path(path))

    again = run("demo")
    assert (again.exit_code, again.output) == (0, "")


def test_a_desk_with_people_stays_as_it_is(run, data):
    run("person", "add", "--email", "rita@example.org", "--name", "Rita")
    result = run("demo")
    assert result.exit_code == 0
    assert "needs an empty data folder" in result.stderr
    assert not (data / "demo-accounts.txt").exists()
    with transactions.see() as session:
        assert accounts.find_by_email(session, FOUNDER.email) is None


def test_of_two_that_race_one_founds_the_company(engine, monkeypatch):
    monkeypatch.setattr(create, "_has_no_people", lambda _session: False)
    assert create.create_company() is None


def test_made_up_passwords_are_good_enough(engine):
    made = {create.generate_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        passwords.check_strength(password, second_factor=False)
