"""Slack: the assignee hears directly, later things go into the thread, and Slack's troubles are its own."""

import json
from datetime import timedelta

import pytest
from sqlmodel import col, select

from db import seeds
from db.models import ChannelState, Event, Message, Status, TeamSlackChannel, Ticket
from db.vocabulary import Action, NotificationChannel, StatusCategory
from lib.core import clock, settings
from lib.core.errors import Invalid, NotPermitted
from lib.notifications import preferences
from lib.notifications.delivery import outbox
from lib.notifications.slack import team_channels
from lib.people import teams
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from tests.support import post as posts
from tests.support import slack as slacks
from tests.support.unscoped import UNSCOPED
from worker import outbox_loop


@pytest.fixture
def slack(desk, monkeypatch):
    with slacks.run_slack_server() as made:
        made.people = {desk.rita.email: "U1"}
        for name, value in {
            "SLACK_BOT_TOKEN": "xoxb-tests", "SLACK_API_URL": made.url, "NOTICE_WINDOW_SECONDS": "0",
            "BASE_URL": "https://desk.example.org",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"DOCKET_{name}", value)
        settings.current.cache_clear()
        yield made


def assign(desk, to, title="Lights flicker"):
    number = cast.create_ticket(desk.sam, title)
    with act() as session:
        ticket = tickets.find(session, desk.mona, number, to_change=True)
        tickets.assign(session, desk.mona, ticket, to=to.id, seen=ticket.version)
    return number


def move(desk, number):
    with act() as session:
        to = session.exec(select(Status).where(Status.kind == StatusCategory.DONE)).first()
        ticket = tickets.find(session, desk.rita, number, to_change=True)
        tickets.move(session, desk.rita, ticket, to=to, seen=ticket.version, reason="because")


def deliver():
    while outbox_loop.deliver(NotificationChannel.SLACK):
        pass


def rows():
    with see() as session:
        return session.exec(select(Message).order_by(col(Message.id)).execution_options(**UNSCOPED)).all()


def test_the_assignee_gets_a_direct_message_and_what_follows_in_its_thread(desk, slack):
    number = assign(desk, desk.rita)
    deliver()
    cast.add_comment(desk.sam, number, "It got worse: secret words")
    deliver()
    first, second = slack.posts
    assert first["channel"] == "U1" and "thread_ts" not in first and second["thread_ts"] == "17.1"
    assert first["text"] == f"#{number} Lights flicker: Assigned to you" and "New reply" in second["text"]
    assert f"https://desk.example.org/ticket?id={number}" in json.dumps(first["blocks"])
    told = json.dumps(slack.posts)
    assert not any(word in told for word in ("Sam", "Mona", "Priority", "asked by", "old", "secret words"))
    assert slack.lookups == [desk.rita.email]


def test_who_is_not_in_slack_gets_nothing_and_is_looked_up_once(desk, slack):
    for _ in range(2):
        assign(desk, desk.arun)
        deliver()
    assert slack.posts == [] and slack.lookups == [desk.arun.email]
    assert all(row.done_at and row.empty for row in rows())


def test_a_title_is_no_command(desk, slack):
    assign(desk, desk.rita, "<!channel> *now* <https://evil.example|click>")
    deliver()
    sent = json.dumps(slack.posts)
    assert "<!channel>" not in sent and "<https://evil" not in sent and "&lt;!channel&gt;" in sent


def test_when_slack_asks_for_quiet_it_has_it_and_no_attempt_is_lost(desk, slack):
    slack.fail = (429, "ratelimited", {"Retry-After": "30"})
    for _ in range(3):
        assign(desk, desk.rita)
    deliver()
    assert all(row.attempts == 0 and row.due_at > clock.now() + timedelta(seconds=25) for row in rows())
    with see() as session:
        state = session.get_one(ChannelState, "slack")
        assert state.not_before and state.not_before > clock.now() + timedelta(seconds=25)
    slack.fail = None
    deliver()
    assert slack.posts == []
    with act() as session:
        for row in session.exec(select(Message).execution_options(**UNSCOPED)).all():
            row.due_at = clock.now()
            session.add(row)
        session.get_one(ChannelState, "slack").not_before = None
    deliver()
    assert len(slack.posts) == 3


@pytest.mark.parametrize(("fail", "parked"), [((500, "", {}), False), ((200, "invalid_auth", {}), True)])
def test_what_fails_for_now_is_kept_and_what_fails_for_good_is_failed(desk, slack, fail, parked):
    slack.fail = fail
    assign(desk, desk.rita)
    deliver()
    row = rows()[0]
    assert row.error and bool(row.parked_at) == parked and row.done_at is None


@pytest.fixture
def told(desk, slack):
    """The service desk's channel."""
    put(desk, channel="C0123ABCD")
    return slack


def put(desk, **how):
    with act() as session:
        team_channels.save(session, desk.mona, teams.get(session, desk.service_desk), **how)


def card(desk):
    with see() as session:
        return team_channels.list_all(session, desk.mona)[desk.service_desk]


def confide(desk, number):
    with act() as session:
        session.get_one(Ticket, number, execution_options=UNSCOPED).confidential = True


def heard(slack, place="C0123ABCD"):
    return [post for post in slack.posts if post["channel"] == place]


def test_a_team_s_channel_hears_number_title_and_link_in_one_thread(desk, told):
    number = assign(desk, desk.rita)
    deliver()
    move(desk, number)
    deliver()
    first, second = heard(told)
    assert f"#{number} Lights flicker" in first["text"] and "Created\nAssigned" in first["text"]
    assert f"https://desk.example.org/ticket?id={number}" in json.dumps(first["blocks"])
    assert second["thread_ts"] == "17.1" or second["thread_ts"] == "17.2"
    assert "Done" in second["text"]
    assert not any(name in json.dumps(heard(told)) for name in ("Sam", "Rita", "Mona", "Priority"))


def test_what_a_direct_message_says_is_for_the_team_of_the_ticket(desk, slack):
    put(desk, detailed=True)
    number = assign(desk, desk.rita)
    cast.add_comment(desk.sam, number, "zebrafinch")
    deliver()
    cast.add_comment(desk.arun, number, "about @Rita Sosa, zebrafinch", internal=True)
    deliver()
    one = "\n".join(map(json.dumps, slack.posts))
    assert "Mona Lind assigned it to you" in one and "Sam Reed replied" in one and "Arun" not in one
    assert "requested by Sam Reed, new" in one and "Priority" in one and "zebrafinch" not in one
    assert heard(slack) == [] and card(desk) == team_channels.TeamChannelCard(None, False, True, None, None)
    with act() as session:
        team_channels.save(
            session, desk.ada, teams.get(session, desk.facilities), channel="C0FAC0000", detailed=True
        )
    put(desk, detailed=False)
    slack.posts.clear()
    assign(desk, desk.rita)
    deliver()
    other = json.dumps(slack.posts)
    assert "Assigned to you" in other and not any(word in other for word in ("Sam", "Mona", "Priority"))
    with see() as session:
        assert desk.service_desk not in team_channels.list_all(session, desk.ada)


def test_a_team_s_wish_outlives_its_channel_or_ends_with_it(desk, told):
    put(desk, detailed=True)
    with act() as session:
        team_channels.remove(session, desk.mona, teams.get(session, desk.service_desk), detailed=True)
    number = assign(desk, desk.rita)
    deliver()
    assert heard(told) == [] and "Mona Lind assigned" in json.dumps(told.posts)
    with act() as session:
        team_channels.remove(session, desk.mona, teams.get(session, desk.service_desk))
    cast.add_comment(desk.sam, number, "Hello")
    deliver()
    assert told.posts[-1]["text"].endswith("New reply") and "Sam" not in json.dumps(told.posts[-1])
    with see() as session:
        told_of = session.exec(
            select(Event.old, Event.new).where(Event.field == "slack").execution_options(**UNSCOPED)
        ).all()
    assert told_of[-2:] == [
        ("C0123ABCD, with who did what", "no channel, with who did what"), ("no channel, with who did what", None),
    ]  # fmt: skip


def test_a_message_that_was_owed_to_a_channel_that_is_gone_says_nothing(desk, told):
    cast.create_ticket(desk.sam)
    with act() as session:
        team_channels.remove(session, desk.mona, teams.get(session, desk.service_desk), detailed=True)
    deliver()
    assert told.posts == told.hooked == [] and all(row.empty and row.done_at for row in rows() if row.team_id)


def test_a_team_that_wants_to_hears_who_did_what_and_never_what_was_written(desk, told):
    put(desk, detailed=True)
    number = assign(desk, desk.rita)
    cast.add_comment(desk.sam, number, "zebrafinch")
    cast.add_comment(desk.rita, number, "zebrafinch", internal=True)
    deliver()
    sent = json.dumps(heard(told))
    assert "requested by Sam Reed" in sent and "Mona Lind" in sent and "zebrafinch" not in sent


def test_what_is_confidential_has_its_number_and_nothing_else(desk, told):
    put(desk, detailed=True)
    number = assign(desk, desk.rita, "Zebrafinch dismissed")
    confide(desk, number)
    deliver()
    sent = json.dumps(told.posts)
    assert len(told.posts) == 2 and f"#{number}" in sent
    assert not any(word in sent for word in ("Zebrafinch", "Sam", "Mona"))


def test_a_note_s_message_has_no_title(desk, slack):
    number = assign(desk, desk.rita, "Zebrafinch")
    deliver()
    cast.add_comment(desk.arun, number, "about @Rita Sosa", internal=True)
    deliver()
    assert len(slack.posts) == 2 and "Zebrafinch" not in json.dumps(slack.posts[1])


def test_a_ticket_that_left_the_team_is_not_told_to_its_channel(desk, told):
    number = cast.create_ticket(desk.sam)
    with act() as session:
        ticket = tickets.find(session, desk.ada, number, to_change=True)
        facilities = teams.get(session, desk.facilities)
        tickets.move_to_team(session, desk.ada, ticket, team=facilities, seen=ticket.version)
    deliver()
    assert heard(told) == []


def test_a_webhook_needs_no_token_and_is_kept_sealed(desk, slack, monkeypatch):
    monkeypatch.delenv("DOCKET_SLACK_BOT_TOKEN")
    settings.current.cache_clear()
    address = slack.url.replace("/api/", "/services/T1/B1/verysecret")
    put(desk, webhook=address)
    number = cast.create_ticket(desk.sam, "<!channel> now")
    deliver()
    assert [path for path, _ in slack.hooked] == ["/services/T1/B1/verysecret"]
    assert f"#{number} &lt;!channel&gt; now" in slack.hooked[0][1]["text"]
    with see() as session:
        row = session.get_one(TeamSlackChannel, desk.service_desk)
        told = session.exec(
            select(Event).where(Event.action == Action.TEAM_CHANGED).execution_options(**UNSCOPED)
        ).all()
        assert "verysecret" not in str(row) + str(told) + str(card(desk)) and row.webhook


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"channel": "general"}, {"channel": "C0123ABCD", "webhook": "https://hooks.slack.com/services/x"},
        {"webhook": "http://hooks.slack.com/services/x"}, {"webhook": "https://evil.example/services/x"},
        {"webhook": "https://hooks.slack.com@evil.example/services/x"}, {"webhook": "file:///services/x"},
        {"webhook": "https://hooks.slack.com.evil.example/services/x"},
    ],
)  # fmt: skip
def test_only_what_can_be_a_place_in_slack_is_taken(desk, slack, wrong):
    with pytest.raises(Invalid):
        put(desk, **wrong)


def test_only_who_manages_the_team_says_where(desk, slack):
    for who in (desk.rita, desk.sam, desk.mona):
        with pytest.raises(NotPermitted), act() as session:
            team_channels.save(session, who, teams.get(session, desk.facilities), channel="C0123ABCD")


@pytest.mark.parametrize(
    ("how", "fail"),
    [
        ("channel", (200, "channel_not_found", {})), ("webhook", (404, "no_service", {})),
        ("webhook", (500, "oops", {})), ("webhook", (429, "slow", {"Retry-After": "30"})),
    ],
)  # fmt: skip
def test_a_channel_that_fails_rests_and_is_flagged_while_others_go_on(desk, slack, how, fail):
    slack.fail_at = {"C0123ABCD": fail, "b": fail}
    put(desk, **{how: "C0123ABCD" if how == "channel" else slack.url.replace("/api/", "/services/a/b")})
    for _ in range(5):
        assign(desk, desk.rita)
    deliver()
    assert len([post for post in slack.posts if post["channel"] == "U1"]) == 5
    mine = [row for row in rows() if row.team_id]
    assert sum(bool(row.parked_at or row.error) for row in mine) <= 1
    assert all(row.due_at > clock.now() + timedelta(seconds=2) for row in mine if not row.parked_at)
    asked = fail[0] == 429
    assert (card(desk).error is None) == asked and (card(desk).failing_since is None) == asked
    slack.fail_at = {}
    with act() as session:
        session.get_one(TeamSlackChannel, desk.service_desk).not_before = None
        for row in session.exec(select(Message).execution_options(**UNSCOPED)).all():
            row.due_at, row.parked_at = clock.now() - timedelta(seconds=1), None
    deliver()
    assert len(slack.hooked) + len(heard(slack)) == 5 and card(desk).error is None


def test_who_somebody_says_they_are_in_slack_is_whom_docket_writes_to(desk, slack):
    with act() as session:
        preferences.set_slack_id(session, desk.arun, " u0999zzzz ")
        preferences.send_slack_test(session, desk.arun)
    assign(desk, desk.arun)
    deliver()
    assert [post["channel"] for post in slack.posts] == ["U0999ZZZZ"] * 2 and slack.lookups == []
    with pytest.raises(Invalid), act() as session:
        preferences.set_slack_id(session, desk.arun, "arun")
    with act() as session:
        preferences.set_slack_id(session, desk.arun, "")
    assign(desk, desk.arun)
    deliver()
    assert slack.lookups == [desk.arun.email] and len(slack.posts) == 2


def test_mail_is_not_late_while_slack_wants_quiet(desk, slack, monkeypatch):
    slack.fail = (429, "ratelimited", {"Retry-After": "30"})
    with posts.run_mail_server() as post:
        for name, value in {
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(post.port), "SMTP_TLS": "none", "SMTP_FROM": "d@example.org",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"DOCKET_{name}", value)
        settings.current.cache_clear()
        for _ in range(100):
            assign(desk, desk.rita)
        deliver()
        while outbox_loop.deliver(NotificationChannel.MAIL):
            pass
        assert len([who for who in post.recipients if who == [desk.rita.email]]) == 100
    assert slack.posts == [] and not any(row.error for row in rows())


def slack_rows():
    return [row for row in rows() if row.medium == NotificationChannel.SLACK]


def later():
    """Let every wait be over."""
    with act() as session:
        for row in session.exec(select(Message).execution_options(**UNSCOPED)).all():
            row.due_at = clock.now() - timedelta(seconds=1)
        for state in (
            *session.exec(select(ChannelState)).all(),
            *session.exec(select(TeamSlackChannel)).all(),
        ):
            state.not_before = None


@pytest.mark.parametrize("how", ["channel", "webhook", "direct"])
@pytest.mark.parametrize("fail", [(503, "", {}), (200, "service_unavailable", {}), (502, "<html>", {})])
def test_slack_that_is_away_for_hours_costs_no_message_an_attempt(desk, slack, how, fail):
    if how == "webhook" and fail[0] == 200:
        pytest.skip("a webhook answers with its status alone")
    if how != "direct":
        put(desk, **{how: "C0123ABCD" if how == "channel" else slack.url.replace("/api/", "/services/a/b")})
    slack.fail, slack.fail_at = fail, {"b": fail}
    assign(desk, desk.rita)
    for _ in range(outbox.MAX_ATTEMPTS + 5):
        deliver()
        later()
    assert not any(row.attempts or row.parked_at or row.claimed_by for row in slack_rows())
    slack.fail, slack.fail_at = None, {}
    for _ in range(3):
        deliver()
        later()
    assert all(row.done_at for row in slack_rows())


def test_a_message_at_which_slack_fails_while_others_go_through_fails_in_the_end(desk, slack):
    slack.people[desk.arun.email] = "U2"
    slack.fail_at = {"U2": (500, "", {})}
    assign(desk, desk.arun)
    for _ in range(outbox.MAX_ATTEMPTS + 3):
        deliver()
        later()
        assign(desk, desk.rita)
        deliver()
        later()
    poison = [row for row in slack_rows() if row.person_id == desk.arun.id]
    assert [bool(row.parked_at) for row in poison] == [True]
    assert all(row.done_at for row in slack_rows() if row.person_id == desk.rita.id)


def test_a_webhook_whose_seal_no_key_opens_stops_nobody_and_says_so(desk, slack, monkeypatch):
    from lib.notifications import queue_admin

    put(desk, webhook=slack.url.replace("/api/", "/services/a/b"))
    monkeypatch.setenv("DOCKET_SECRET_KEY", "another-key-0123456789-abcdefghijklmnop")
    settings.current.cache_clear()
    assert card(desk).error == team_channels.LOCKED_WEBHOOK_ERROR and card(desk).failing_since is None
    assign(desk, desk.rita)
    deliver()
    mine = [row for row in slack_rows() if row.team_id]
    assert [bool(row.parked_at) for row in mine] == [True] and mine[
        0
    ].error == team_channels.LOCKED_WEBHOOK_ERROR[:300]
    assert len(slack.posts) == 1 and slack.hooked == []
    with see() as session:
        _, account = queue_admin.list_channel_statuses(session, desk.ada)
        assert account.failing and account.parked == 1 and account.owed == 0
        assert [(c.team, c.error) for c in account.channels] == [
            (seeds.TEAM, team_channels.LOCKED_WEBHOOK_ERROR)
        ]


def test_what_a_slack_message_raises_settles_it_and_no_other(desk, slack, monkeypatch):
    from lib.notifications.slack import renderer

    write = renderer.render

    def boom(content):
        return write(content) if "boom" not in content.said[-1].title else {}["boom"]

    monkeypatch.setattr(renderer, "render", boom)
    for title in ("boom", "well"):
        assign(desk, desk.rita, title)
    deliver()
    assert [(bool(row.parked_at), bool(row.done_at)) for row in slack_rows()] == [
        (True, False),
        (False, True),
    ]
    assert "KeyError" in slack_rows()[0].error and len(slack.posts) == 1
