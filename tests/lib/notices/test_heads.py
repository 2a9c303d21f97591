"""Headers of mails: made once where they are the same, and none that can't stand in a mail's head."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from lib.notices import heads


def mail(**headers):
    made = EmailMessage(policy=heads.POLICY)
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    return made


@pytest.mark.parametrize("name", [*heads.OURS, "Subject", "To", "From"])
@pytest.mark.parametrize("wrong", ["a\r\nBcc: evil@example.net", "a\nb", "a\rb"])
def test_no_header_takes_a_second_line(name, wrong):
    with pytest.raises(ValueError):
        mail()[name] = wrong


@pytest.mark.parametrize("name", heads.OURS)
@pytest.mark.parametrize("wrong", ["<a@exämple.org>", "a\x00b", "a\x0bb", "a\u2028b"])
def test_what_docket_puts_together_is_ascii(name, wrong):
    with pytest.raises(ValueError):
        mail()[name] = wrong


@pytest.mark.parametrize("name", heads.OURS)
def test_what_docket_puts_together_stands_once_and_whole(name):
    long = f"<https://desk.example.org/{'x' * 120}>"
    for value in ("<a@example.org>", long):
        made = mail(Subject="Hello")
        made[name] = value
        with pytest.raises(ValueError):
            made[name] = value
        made.set_content("Hello")
        sent = made.as_bytes()
        assert message_from_bytes(sent, policy=policy.compat32)[name] == value
        assert b"\r\n" in sent and b"=?" not in sent and b"\n" not in sent.replace(b"\r\n", b"")


def test_a_header_that_is_the_same_is_made_once_and_its_like_by_itself():
    first, second, other = mail(From="a@example.org"), mail(From="a@example.org"), mail(From="b@example.org")
    assert first["From"] is second["From"] and other["From"] == "b@example.org"
    assert [str(m).splitlines()[0] for m in (first, second, other)] == [
        "From: a@example.org", "From: a@example.org", "From: b@example.org",
    ]  # fmt: skip


def test_a_name_in_any_script_reads_as_it_was_written():
    name = "Jürgen “Łukasz” 山田"
    sent = mail(To=f'"{name}" <a@example.org>', Subject=f"{name} " * 12).as_bytes()
    read = message_from_bytes(sent, policy=policy.default)
    assert sent.isascii() and read["To"].addresses[0].display_name == name
    assert read["Subject"].split() == (f"{name} " * 12).split()
