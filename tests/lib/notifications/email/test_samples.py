"""Mails to look at: each template, plainly a sample, for administrators, and really sent when they ask for it."""

import pytest

from db.vocabulary import MessageKind, NotificationChannel
from lib.core import settings
from lib.core.errors import NotFound, NotPermitted
from lib.notifications.email import renderer, samples
from lib.transactions import act, see
from tests.support import post as posts
from worker import outbox_loop


@pytest.mark.parametrize("sort", samples.TITLES)
def test_each_template_is_plainly_a_sample_in_text_and_html(desk, sort):
    with see() as session:
        mail = renderer.render_sample(session, desk.ada, sort.value)
    assert mail.subject.startswith("[Sample] ")
    light, dark = (renderer.render_preview(mail, dark=dark) for dark in (False, True))
    assert light[0] == dark[0] and desk.sam.name not in light[0]
    assert "@media not all" in light[1] and "@media all" in dark[1]
    assert "prefers-color-scheme" not in light[1] + dark[1]


def test_all_that_can_be_sent_has_a_sample():
    real = {sort for sort in MessageKind if not sort.value.startswith("sample")} - {MessageKind.CHANNEL}
    assert set(samples.SAMPLE_KINDS.values()) == set(samples.TITLES) == real


@pytest.mark.parametrize("sort", samples.TITLES)
def test_a_sample_goes_to_whoever_asked(desk, monkeypatch, sort):
    with posts.run_mail_server() as post:
        for name, value in {
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(post.port), "SMTP_TLS": "none", "SMTP_FROM": "d@example.org",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"DOCKET_{name}", value)
        settings.current.cache_clear()
        with act() as session:
            samples.send(session, desk.ada, sort.value)
        while outbox_loop.deliver(NotificationChannel.MAIL):
            pass
        assert post.recipients == [[desk.ada.email]]
        assert post.mails[0]["Subject"].startswith("[Sample] ")


@pytest.mark.parametrize("who", ["mona", "rita", "sam"])
def test_samples_are_for_administrators(desk, who):
    actor = getattr(desk, who)
    with pytest.raises(NotPermitted), see() as session:
        renderer.render_sample(session, actor, "ticket")
    with pytest.raises(NotPermitted), act() as session:
        samples.send(session, actor, "ticket")
    with pytest.raises(NotPermitted), see():
        samples.list_all(actor)


def test_what_is_no_template_is_not_there(desk):
    with pytest.raises(NotFound), see() as session:
        renderer.render_sample(session, desk.ada, "../etc/passwd")
