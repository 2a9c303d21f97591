"""A corrected address: what ends with the old one, who is told, and that nobody becomes somebody else by it."""

import pytest
from sqlmodel import col, select

from db.models import Event, Message, OneTimeSecret
from db.vocabulary import Action, MessageKind, Source
from lib.access import roles
from lib.core import settings
from lib.core.errors import Invalid, NotPermitted
from lib.identity import sessions
from lib.notifications import account_emails, content
from lib.notifications.email import renderer
from lib.people import accounts
from lib.transactions import act, see
from tests import cast
from tests.support.unscoped import UNSCOPED


@pytest.fixture
def mailing(desk, monkeypatch):
    monkeypatch.setenv("DOCKET_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("DOCKET_SMTP_FROM", "desk@example.org")
    settings.current.cache_clear()
    return desk


def readdress(by, whom, email):
    with act() as session:
        account_emails.change_email(session, by, cast.get_person(session, whom), email=email)


def messages():
    with see() as session:
        chosen = select(Message).order_by(col(Message.id)).execution_options(**UNSCOPED)
        return [(m, content.build(session, m)) for m in session.exec(chosen).all()]


def links():
    with see() as session:
        return session.exec(select(OneTimeSecret.id).where(col(OneTimeSecret.used_at).is_(None))).all()


def test_the_old_address_is_told_and_every_way_in_ends(mailing):
    desk = mailing
    cast.set_password(desk.rita)
    cookie = cast.sign_in(desk.rita)
    readdress(desk.ada, desk.rita, "Rita.Moreau@example.org")
    ((message, content),) = messages()
    assert (message.sort, content.email) == (MessageKind.ADDRESS, "rita.sosa@example.org")
    mail = renderer.render(message, content)
    for shown in renderer.render_preview(mail, dark=False):
        assert "rita.moreau@example.org" in shown
    with see() as session:
        assert sessions.authenticate(session, cookie, channel=Source.PAGE, address="127.0.0.1") is None
        assert accounts.find_by_email(session, "rita.moreau@example.org").id == desk.rita.id
        chosen = select(Event).where(Event.action == Action.PERSON_CHANGED, Event.field == "email")
        (event,) = session.exec(chosen.execution_options(**UNSCOPED)).all()
        assert (event.old, event.new, event.actor_id) == (
            "rita.sosa@example.org", "rita.moreau@example.org", desk.ada.id,
        )  # fmt: skip


def test_two_corrections_tell_each_old_address(mailing):
    desk = mailing
    cast.set_password(desk.rita)
    readdress(desk.ada, desk.rita, "one@example.org")
    readdress(desk.ada, desk.rita, "two@example.org")
    assert [(c.email, c.address) for _, c in messages()] == [
        ("rita.sosa@example.org", "one@example.org"), ("one@example.org", "two@example.org"),
    ]  # fmt: skip


def test_a_mistyped_invitation_goes_again_to_the_right_address(mailing):
    desk = mailing
    with act() as session:
        role = roles.get(session, "requester")
        nia = accounts.invite(session, desk.mona, email="nai@example.org", name="Nia", role=role)
        account_emails.send_password_link(session, desk.mona, nia, invitation=True)
    readdress(desk.mona, nia, "nia@example.org")
    (_, old), (again, content) = messages()
    assert old is None, "the link in the first no longer works"
    assert (again.sort, content.email) == (MessageKind.INVITATION, "nia@example.org")


def test_a_manager_does_not_become_somebody_by_their_address(mailing):
    desk = mailing
    cast.set_password(desk.rita)
    readdress(desk.mona, desk.rita, "mona.too@example.org")
    cast.create_ticket(desk.sam)
    before = len(messages())
    with act() as session:
        account_emails.send_forgotten_password_link(session, "mona.too@example.org", address="127.0.0.1")
    assert len(messages()) == before and links() == []
    with pytest.raises(NotPermitted), act() as session:
        account_emails.send_password_link(session, desk.mona, cast.get_person(session, desk.rita))
    cast.sign_in(desk.rita)
    with act() as session:
        account_emails.send_forgotten_password_link(session, "mona.too@example.org", address="127.0.0.1")
    assert len(messages()) == before + 1, "who signed in there has shown that it is theirs"


@pytest.mark.parametrize("email", ["", "nobody", "sam.reed@example.org", "SAM.Reed@example.org"])
def test_an_address_that_cannot_be_is_refused_and_ends_nothing(desk, email):
    cookie = cast.sign_in(desk.rita)
    with pytest.raises(Invalid):
        readdress(desk.ada, desk.rita, email)
    readdress(desk.ada, desk.rita, "rita.sosa@example.org")
    with see() as session:
        assert sessions.authenticate(session, cookie, channel=Source.PAGE, address="127.0.0.1") is not None
