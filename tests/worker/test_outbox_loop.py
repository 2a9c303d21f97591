"""Mail: the right words to the right person, once or again but never lost, through a real server."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from db.models import ChannelState, Message, Mute, OneTimeSecret, Person, Ticket
from db.vocabulary import MessageKind, NotificationChannel, Source
from lib.core import clock, settings
from lib.integrations import smtp
from lib.notifications.delivery import outbox
from lib.people import teams
from lib.transactions import act, see
from tests import cast
from tests.support import post as posts
from tests.support.unscoped import UNSCOPED
from worker import batch, outbox_loop

pytestmark = pytest.mark.both_databases("the outbox is emptied under each database's locks")


@pytest.fixture
def post(monkeypatch):
    """A mail server, and a Docket that uses it at once."""
    with posts.run_mail_server() as made:
        for name, value in {
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(made.port), "SMTP_TLS": "none",
            "SMTP_FROM": "desk@example.org", "NOTICE_WINDOW_SECONDS": "0", "BASE_URL": "https://desk.example.org",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"DOCKET_{name}", value)
        settings.current.cache_clear()
        yield made


def deliver():
    while outbox_loop.deliver(NotificationChannel.MAIL):
        pass


def rows():
    with see() as session:
        chosen = select(Message).order_by(col(Message.id))
        return session.exec(chosen.execution_options(**UNSCOPED)).all()


def at_once():
    """Let every wait be over."""
    with act() as session:
        for row in session.exec(select(Message).execution_options(**UNSCOPED)).all():
            row.due_at = clock.now() - timedelta(seconds=1)
            session.add(row)
        state = session.get(ChannelState, "mail")
        if state:
            state.not_before = None


def to(post, actor):
    return [m for m, who in zip(post.mails, post.recipients, strict=True) if who == [actor.email]]


def test_a_ticket_is_one_thread_of_mails_that_say_what_was_said(desk, post):
    number = cast.create_ticket(desk.sam, "Lights flicker")
    said = cast.add_comment(desk.rita, number, "An **electrician** is coming")
    deliver()
    cast.add_comment(desk.rita, number, "He is here")
    deliver()
    first, second = to(post, desk.sam)
    assert first["Subject"] == f"[#{number}] Lights flicker"
    assert first["Message-ID"] != second["Message-ID"]
    assert (
        first["References"]
        == second["References"]
        == first["In-Reply-To"]
        == f"<ticket-{number}@example.org>"
    )
    assert first["Auto-Submitted"] == "auto-generated"
    text, html = (first.get_body((kind,)).get_content() for kind in ("plain", "html"))
    link = f"https://desk.example.org/ticket?id={number}&comment={said}"
    assert "Rita Sosa replied" in text and "An **electrician** is coming" in text
    assert "<strong>electrician</strong>" in html and link.replace("&", "&amp;") in html
    assert "you are the requester" in text
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert all(row.done_at and row.attempts == 1 for row in rows())


@pytest.mark.parametrize(
    "body", ["/etc/passwd", ".streamlit/secrets.toml", "<link rel=stylesheet href=http://127.0.0.1:9/canary>"]
)
def test_text_is_only_ever_text(desk, post, body):
    """P23: a path is no attachment and a link is not followed."""
    cast.add_comment(desk.rita, cast.create_ticket(desk.sam), body)
    deliver()
    mail = to(post, desk.sam)[0]
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert body in mail.get_body(("plain",)).get_content()
    assert "root:" not in str(mail) and "<link" not in mail.get_body(("html",)).get_content()


def test_no_title_or_name_adds_a_header_or_a_recipient(desk, post):
    """P26, with what no verb would store."""
    number = cast.create_ticket(desk.sam)
    with act() as session:
        ticket = session.get_one(Ticket, number, execution_options=UNSCOPED)
        ticket.title = "Hello\r\nBcc: evil@example.net\r\n folded"
        session.get_one(Person, desk.sam.id).name = "Reed, Sam\r\nBcc: evil@example.net"
    cast.add_comment(desk.rita, number, "Hello")
    deliver()
    mail = to(post, desk.sam)[0]
    assert mail["Subject"].startswith(f"[#{number}] Hello Bcc: evil") and len(mail.get_all("Subject")) == 1
    assert mail["Bcc"] is None and [a.addr_spec for a in mail["To"].addresses] == [desk.sam.email]
    assert all(len(who) == 1 and "evil" not in who[0] for who in post.recipients)


EVIL = "=?utf-8?q?x=0D=0AReply-To:_evil@evil.test=0D=0A=0D=0A<h1>phish</h1>?="


def test_what_looks_like_an_encoded_word_is_characters_and_nothing_else(desk, post):
    number = cast.create_ticket(desk.sam, EVIL)
    with act() as session:
        session.get_one(Person, desk.sam.id).name = EVIL
    cast.add_comment(desk.rita, number, "Hello")
    deliver()
    (mail,) = to(post, desk.sam)
    assert mail["Subject"] == f"[#{number}] {EVIL}" and mail["Reply-To"] is None
    assert [(a.display_name, a.addr_spec) for a in mail["To"].addresses] == [(EVIL, desk.sam.email)]
    assert post.recipients == [[desk.sam.email]]
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert f"#{number} {EVIL}" in text and "<h1>" not in html


@pytest.mark.parametrize(
    "body",
    ["From here on\nFrom there\n\n.\n..\n> From", f"From {'x' * 1500}\n.{'ю' * 800}", "naïve\nFrom  two"],
)
def test_a_body_arrives_as_it_was_typed(desk, post, body):
    cast.add_comment(desk.rita, cast.create_ticket(desk.sam), body)
    deliver()
    (mail,) = to(post, desk.sam)
    assert body in mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


MISTYPED = [
    "x@mail..example",
    "x@mail.example.",
    "x@.example",
    "x y@example.org",
    "ю@example.org",
    "x@example.org\r\nb",
]


@pytest.mark.parametrize("address", MISTYPED)
def test_an_address_that_is_none_stops_no_other_email(desk, post, address):
    with act() as session:
        session.get_one(Person, desk.sam.id).email = address
    number = cast.create_ticket(desk.sam)
    cast.add_cc(desk.rita, number, desk.bob)
    cast.add_comment(desk.rita, number, "Hello")
    deliver()
    failed, *others = sorted(rows(), key=lambda row: row.person_id != desk.sam.id)
    assert failed.parked_at and failed.claimed_by is None and "can't be written" in failed.error
    assert others and all(row.done_at for row in others) and to(post, desk.bob)


@pytest.mark.parametrize("where", ["write", "several", "send"])
def test_what_an_email_raises_settles_it_and_no_other(desk, post, monkeypatch, where):
    from lib.notifications import content
    from lib.notifications.email import renderer

    number = cast.create_ticket(desk.sam)
    cast.add_cc(desk.rita, number, desk.bob)
    cast.add_comment(desk.rita, number, "Hello")
    write, several, send = renderer.render, content.build_many, smtp.MailConnection.send

    def writing(message, content):
        return write(message, content) if message.person_id != desk.sam.id else {}["boom"]

    def reading(session, messages):
        return (
            several(session, messages) if desk.sam.id not in {m.person_id for m in messages} else {}["boom"]
        )

    def sending(box, to, raw):
        if to == desk.sam.email:
            box._box.smtp.mail("desk@example.org")  # and the server waits for the rest of it
            raise KeyError("boom")
        send(box, to, raw)

    if where == "write":
        monkeypatch.setattr(renderer, "render", writing)
    elif where == "several":
        monkeypatch.setattr(content, "build_many", reading)
    else:
        monkeypatch.setattr(smtp.MailConnection, "send", sending)
    deliver()
    by = {row.person_id: row for row in rows()}
    assert by[desk.sam.id].parked_at and "KeyError" in by[desk.sam.id].error
    assert all(row.done_at for id, row in by.items() if id != desk.sam.id) and to(post, desk.bob)


def test_a_message_that_was_claimed_ten_times_and_never_settled_fails(desk, post):
    cast.add_comment(desk.rita, cast.create_ticket(desk.sam), "Hello")
    for _ in range(outbox.MAX_ATTEMPTS):
        with act() as session:
            assert len(outbox.claim(session, NotificationChannel.MAIL, holder="killed", most=20)) == 1
        at_once()
    deliver()
    (row,) = rows()
    assert row.parked_at and row.error == outbox.UNSETTLED_ERROR and post.mails == []


def test_a_server_that_says_it_closes_costs_no_email_an_attempt(desk, post):
    post.answer = lambda _mail: "421 closing"
    cast.add_comment(desk.rita, cast.create_ticket(desk.sam), "Hello")
    deliver()
    (row,) = rows()
    assert (row.attempts, row.parked_at, row.claimed_by) == (0, None, None)
    with see() as session:
        assert "421" in (session.get_one(ChannelState, "mail").error or "")


def test_a_host_name_that_is_none_is_a_server_that_is_away(desk, post, monkeypatch):
    cast.add_comment(desk.rita, cast.create_ticket(desk.sam), "Hello")
    monkeypatch.setenv("DOCKET_SMTP_HOST", f"{'x' * 70}..example")
    settings.current.cache_clear()
    deliver()
    (row,) = rows()
    assert (row.attempts, row.parked_at, row.claimed_by) == (0, None, None)


@pytest.mark.parametrize("state", ["new", "failed", "given back", "claimed", "resting"])
def test_a_clock_that_is_set_back_an_hour_holds_nothing_back(desk, post, monkeypatch, state):
    monkeypatch.setattr(outbox, "now", lambda _session: clock.now())  # PostgreSQL's own can't be moved
    earlier = clock.now() - timedelta(hours=1)
    with (
        clock.travel_to(clock.now() - timedelta(hours=2))
        if state == "given back"
        else clock.travel_to(clock.now())
    ):
        cast.add_comment(desk.rita, cast.create_ticket(desk.sam), "Hello")
    if state == "failed":
        post.answer = lambda _mail: "451 later"
        deliver()
        post.answer = lambda _mail: posts.OK
    elif state != "new":
        with act() as session:
            claimed = outbox.claim(session, NotificationChannel.MAIL, holder="other", most=9)
        with act() as session:
            if state == "given back":
                outbox.release(session, claimed)
            elif state == "resting":
                outbox.mark_down(session, NotificationChannel.MAIL, "away")
                outbox.release(session, claimed)
    with clock.travel_to(earlier):
        deliver()
    with clock.travel_to(earlier + outbox.LEASE + timedelta(seconds=1)):
        deliver()
    assert len(post.mails) == 1 and all(row.done_at for row in rows())


def test_a_clock_that_is_set_back_does_not_wake_whoever_sleeps(desk, post, monkeypatch):
    from db.models import NotificationSchedule

    monkeypatch.setattr(outbox, "now", lambda _session: clock.now())

    now = clock.now().replace(hour=23, minute=0)
    with act() as session:
        session.add(NotificationSchedule(person_id=desk.sam.id, quiet_from=22 * 60, quiet_until=7 * 60))
    with clock.travel_to(now):
        cast.add_comment(desk.rita, cast.create_ticket(desk.sam), "Hello")
    with clock.travel_to(now - timedelta(minutes=30)):
        deliver()
    assert post.mails == [] and rows()[0].due_at == (now + timedelta(hours=8)).replace(
        second=0, microsecond=0
    )


def test_whoever_may_no_longer_see_it_gets_nothing(desk, post):
    """P30."""
    number = cast.create_ticket(desk.sam)
    cast.add_comment(desk.rita, number, "@Arun Das between us", internal=True)
    with act() as session:
        teams.remove_member(
            session, desk.ada, cast.get_team(session, desk.service_desk), cast.get_person(session, desk.arun)
        )
    deliver()
    assert to(post, desk.arun) == [] and to(post, desk.sam) == []
    assert all(row.done_at for row in rows()) and any(row.empty for row in rows())


def test_what_can_never_be_delivered_fails_with_a_reason(desk, post):
    post.refuse = lambda address: "550 no such user" if address == desk.sam.email else posts.OK
    number = cast.create_ticket(desk.sam)
    cast.add_cc(desk.rita, number, desk.bob)
    cast.add_comment(desk.rita, number, "Hello")
    deliver()
    parked = [row for row in rows() if row.parked_at]
    assert [row.person_id for row in parked] == [desk.sam.id] and "550 no such user" in parked[0].error
    assert to(post, desk.bob)


def test_what_fails_for_now_is_retried_later_and_later_and_fails_in_the_end(desk, post):
    post.answer = lambda _mail: "451 try later"
    number = cast.create_ticket(desk.sam)
    cast.add_comment(desk.rita, number, "One")
    waits = []
    for _ in range(outbox.MAX_ATTEMPTS - 1):
        deliver()
        row = rows()[0]
        waits.append((row.due_at - clock.now()).total_seconds())
        assert row.parked_at is None and row.claimed_by is None
        at_once()
    assert all(0.7 * 30 * 2**n < wait <= 30 * 2**n for n, wait in enumerate(waits[:7]))
    assert all(2600 < wait <= 3600 for wait in waits[7:])
    deliver()
    assert rows()[0].parked_at and "451" in rows()[0].error


def test_of_one_ticket_the_earlier_mail_goes_first(desk, post):
    """P36: in order for each ticket."""
    number = cast.create_ticket(desk.sam)
    post.answer = lambda _mail: "451 try later"
    cast.add_comment(desk.rita, number, "One")
    deliver()
    post.answer = lambda _mail: posts.OK
    cast.add_comment(desk.rita, number, "Two")
    deliver()
    assert to(post, desk.sam) == []
    at_once()
    deliver()
    texts = [mail.get_body(("plain",)).get_content() for mail in to(post, desk.sam)]
    assert ["One" in texts[0], "Two" in texts[1]] == [True, True]


def test_a_server_that_is_away_costs_no_message_an_attempt(desk, post, monkeypatch):
    number = cast.create_ticket(desk.sam)
    cast.add_comment(desk.rita, number, "Hello")
    monkeypatch.setenv("DOCKET_SMTP_PORT", "9")
    settings.current.cache_clear()
    deliver()
    row = rows()[0]
    assert (row.attempts, row.claimed_by, row.parked_at, row.done_at) == (0, None, None, None)
    with see() as session:
        state = session.get_one(ChannelState, "mail")
        assert state.failing_since and state.not_before and state.not_before > clock.now()
        assert "reached" in (state.error or "")
        assert not outbox.has_due_messages(session, NotificationChannel.MAIL)
    monkeypatch.setenv("DOCKET_SMTP_PORT", str(post.port))
    settings.current.cache_clear()
    at_once()
    deliver()
    assert to(post, desk.sam)
    with see() as session:
        assert session.get(ChannelState, "mail").failing_since is None


def test_a_server_without_encryption_gets_nothing_where_it_is_asked(desk, post, monkeypatch):
    monkeypatch.setenv("DOCKET_SMTP_TLS", "starttls")
    settings.current.cache_clear()
    cast.add_comment(desk.rita, cast.create_ticket(desk.sam), "Hello")
    deliver()
    assert post.mails == [] and rows()[0].attempts == 0


def test_what_somebody_claimed_is_theirs_until_the_lease_ends(desk, post):
    cast.add_comment(desk.rita, cast.create_ticket(desk.sam), "Hello")
    with act() as session:
        mine = outbox.claim(session, NotificationChannel.MAIL, holder="one", most=20)
    with act() as session:
        assert outbox.claim(session, NotificationChannel.MAIL, holder="two", most=20) == []
    at_once()
    with act() as session:
        theirs = outbox.claim(session, NotificationChannel.MAIL, holder="two", most=20)
    assert [m.id for m in theirs] == [m.id for m in mine]
    with act() as session:
        outbox.mark_failed(session, mine[0], "too late", permanent=True)
    assert rows()[0].parked_at is None and rows()[0].claimed_by == "two"


def test_one_click_ends_the_mail_about_a_ticket(desk, post):
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    import api

    number = cast.create_ticket(desk.sam)
    cast.add_comment(desk.rita, number, "Hello")
    deliver()
    link = to(post, desk.sam)[0]["List-Unsubscribe"].strip(" <>")
    path = link.removeprefix("https://desk.example.org")
    client = TestClient(Starlette(routes=api.unsubscribe_routes()), base_url="https://desk.example.org")
    assert "Do you want to stop emails about ticket" in client.get(path).text
    with see() as session:
        assert session.get(Mute, (number, desk.sam.id)) is None
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200 and "You muted ticket" in answer.text
    assert client.post(path[:-3] + "xyz").status_code == 404
    cast.add_comment(desk.rita, number, "More")
    deliver()
    assert len(to(post, desk.sam)) == 1
    cast.add_comment(desk.rita, number, "@Sam Reed look")
    deliver()
    assert len(to(post, desk.sam)) == 2


def link(mail):
    text = mail.get_body(("plain",)).get_content()
    return next(line for line in text.splitlines() if "/set-password?token=" in line)


def test_a_forgotten_password_is_set_anew_by_a_link_from_the_configured_address(desk, post):
    """P07."""
    from lib.core.errors import Invalid
    from lib.identity import sessions
    from lib.notifications import account_emails
    from lib.people import accounts

    def forget(email):
        with act() as session:
            account_emails.send_forgotten_password_link(session, email, address="203.0.113.9")
        deliver()

    cast.set_password(desk.sam)
    cookie = cast.sign_in(desk.sam)
    forget(" Sam.Reed@example.org")
    forget("nobody@example.org")
    forget(desk.sam.email)
    older, newer = (link(mail) for mail in to(post, desk.sam))
    assert len(post.mails) == 2 and newer.startswith("https://desk.example.org/set-password?token=")
    secret = newer.partition("token=")[2]
    for wrong in (older.partition("token=")[2], ""):
        with pytest.raises(Invalid), act() as session:
            accounts.set_password(session, wrong, "a new passphrase for Sam 1")
    with clock.travel_to(clock.now() + timedelta(minutes=31)), pytest.raises(Invalid), act() as session:
        accounts.set_password(session, secret, "a new passphrase for Sam 1")
    with act() as session:
        accounts.set_password(session, secret, "a new passphrase for Sam 1")
    with pytest.raises(Invalid), act() as session:
        accounts.set_password(session, secret, "a new passphrase for Sam 2")
    with see() as session:
        assert sessions.authenticate(session, cookie, channel=Source.PAGE) is None
        stored = [row.secret_hash for row in session.exec(select(OneTimeSecret)).all()]
    assert secret not in stored


def test_an_invitation_goes_by_mail_and_not_when_a_newer_one_was_asked_for(desk, post):
    from lib.notifications import account_emails

    for _ in range(2):
        with act() as session:
            account_emails.send_password_link(
                session, desk.ada, cast.get_person(session, desk.kim), invitation=True
            )
    deliver()
    (mail,) = to(post, desk.kim)
    assert mail["Subject"] == "Your invitation to Docket" and "three days" in str(mail)
    assert [row.empty for row in rows()] == [True, False]


def wait(until, seconds=5.0):
    """Tell whether something comes true in time."""
    over = time.monotonic() + seconds
    while not until() and time.monotonic() < over:
        time.sleep(0.02)
    return until()


def test_a_mail_is_settled_within_a_second_though_the_next_one_hangs(desk, post):
    """Or whoever is killed then would leave mails behind that go out again."""
    go_on = threading.Event()
    post.answer = lambda mail: posts.OK if "One" in mail["Subject"] or go_on.wait(10) else "451 never"
    numbers = [cast.create_ticket(desk.sam, title) for title in ("One", "Two")]
    for number in numbers:
        cast.add_comment(desk.rita, number, "Hello")
    sending = threading.Thread(target=deliver)
    sending.start()
    try:
        assert wait(lambda: len(post.mails) == 1)
        sent = time.monotonic()
        assert wait(lambda: any(row.done_at for row in rows()))
        assert time.monotonic() - sent < 1 and not all(row.done_at for row in rows())
    finally:
        go_on.set()
        sending.join()
    assert all(row.done_at and row.claimed_by is None for row in rows())


def test_a_few_batches_go_over_one_connection(desk, post, monkeypatch):
    made = []

    def counting(opened=smtp.connect):
        made.append(1)
        return opened()

    monkeypatch.setattr(smtp, "connect", counting)
    many = 2 * batch.MAX_PER_CONNECTION + 5
    now = clock.now()
    with act() as session:
        session.add_all(
            Message(
                medium=NotificationChannel.MAIL,
                sort=MessageKind.TRIAL,
                person_id=desk.sam.id,
                created_at=now,
                due_at=now,
            )
            for _ in range(many)
        )
    deliver()
    assert len(post.mails) == len({mail["Message-ID"] for mail in post.mails}) == many and len(made) == 3
    assert all(row.done_at and row.attempts == 1 for row in rows())


def test_what_was_taken_by_the_server_is_settled_once_the_database_is_back(desk, post, monkeypatch):
    tried, settle = [], outbox.mark_sent

    def away(session, *messages, **how):
        tried.append(len(messages))
        if len(tried) == 1:
            raise OperationalError("", {}, Exception("gone"))
        settle(session, *messages, **how)

    monkeypatch.setattr(outbox, "mark_sent", away)
    cast.add_comment(desk.rita, cast.create_ticket(desk.sam), "Hello")
    with batch.SentMessages(NotificationChannel.MAIL) as sent:
        with act() as session:
            (mine,) = outbox.claim(session, NotificationChannel.MAIL, holder="one", most=20)
        sent.add(mine)
        assert wait(lambda: len(tried) >= 2)
    assert tried == [1, 1] and rows()[0].done_at
