"""Headers of an email: what was typed arrives as it was typed, whatever it looks like."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lib.notifications.email.headers import MAX_LINE_BYTES, EmailHeaders, HeaderError, Mailbox

EVIL = "=?utf-8?q?x=0D=0AReply-To:_evil@evil.test=0D=0A=0D=0A<h1>phish</h1>?="
PRINTER = "Не печатает принтер в кабинете 214, третий этаж"  # noqa: RUF001 - Cyrillic is meant
WORDS = st.one_of(
    st.sampled_from(
        [
            *PRINTER.split(),
            "👩‍👩‍👧",
            "日本語" * 12,
            "=?utf-8?b?aGk=?=",
            EVIL,
            "x" * 90,
            "=?",
            "?=",
            "(c)",
            '"a\\',
            ",",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20),
)
BLANKS = st.sampled_from([" ", "  ", "   "])


@st.composite
def titles(draw):
    """Words with one blank or several between them, and around them."""
    words = draw(st.lists(WORDS, min_size=1, max_size=14))
    text = "".join(word + draw(BLANKS) for word in words)[:200]
    return draw(st.sampled_from([text, text.strip(), f" {text}"]))


def head(subject="Hello", name="Sam Reed", **fixed):
    return EmailHeaders(
        Mailbox("Docket", "desk@example.org"), Mailbox(name, "sam@example.org"), subject, fixed
    )


def raw(made):
    return made.lines() + b"MIME-Version: 1.0\r\n\r\nHello\r\n"


@settings(max_examples=400, deadline=None)
@given(titles())
@example(f"[#12] {PRINTER}")
@example(EVIL)
def test_a_title_reads_as_it_was_typed_by_two_decoders(title):
    made = head(subject=title, name=" ".join(title.split())[:120].strip() or "Sam")
    sent = raw(made)
    made.check(sent)
    new = message_from_bytes(sent, policy=policy.default)
    old = message_from_bytes(sent, policy=policy.compat32)
    assert str(new["Subject"]) == title == str(make_header(decode_header(old["Subject"])))
    (to,) = new["To"].addresses
    assert (to.display_name, to.addr_spec) == (made.to.name, "sam@example.org")
    assert str(make_header(decode_header(old["To"]))).startswith(made.to.name)
    assert new.keys() == old.keys() == ["From", "To", "Subject", "MIME-Version"]
    assert sent.isascii() and all(len(line) <= MAX_LINE_BYTES for line in sent.split(b"\r\n"))


@pytest.mark.parametrize(
    "wrong", ["a\r\nBcc: evil@example.net", "a\nb", "a\rb", "a\0b", "a\x85b", "a\u2028b"]
)
@pytest.mark.parametrize("where", ["subject", "name", "X-Own"])
def test_no_header_takes_a_line_break_or_a_control_character(where, wrong):
    with pytest.raises(HeaderError):
        head(**{where: wrong}).lines()


@pytest.mark.parametrize("wrong", ["<a@exämple.org>", EVIL])
def test_what_docket_puts_together_itself_is_plain_ascii(wrong):
    with pytest.raises(HeaderError):
        head(**{"X-Own": wrong}).lines()


@pytest.mark.parametrize(
    "change",
    [
        lambda sent: sent.replace(b"Subject: Hello", b"Subject: Hello\r\nBcc: evil@example.net"),
        lambda sent: sent.replace(b"Hello", b"=?utf-8?q?Hello=0A?=", 1),
        lambda sent: sent.replace(b"Hello", b"Hullo", 1),
        lambda sent: sent.replace(b"<sam@", b"<eve@example.net>, <sam@"),
        lambda sent: sent.replace(b"Sam Reed", b"Sam"),
        lambda sent: sent.replace(b"From: Docket", b"From: Doctor"),
        lambda sent: sent.replace(b"Subject: Hello", b"Subject: Hello\nX: y"),
        lambda sent: sent.replace(b"\r\nHello", b"\r\nHell\0"),
        lambda sent: sent.replace(b"\r\nHello", b"\r\n" + b"x" * 999),
    ],
)
def test_what_does_not_read_as_it_was_meant_is_not_sent(change):
    made = head()
    made.check(raw(made))
    with pytest.raises(HeaderError):
        made.check(change(raw(made)))


def test_a_short_plain_subject_stands_as_it_is():
    assert b"Subject: [#4] Lights flicker\r\n" in head(subject="[#4] Lights flicker").lines()
    assert b"To: Sam Reed <sam@example.org>\r\n" in head().lines()
    assert b"To: <sam@example.org>\r\n" in head(name="").lines()
