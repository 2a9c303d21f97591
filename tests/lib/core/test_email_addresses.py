"""Email addresses: what can be written to, in one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core import email_addresses
from lib.core.errors import Invalid
from lib.people import accounts


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Sam.Reed@Example.ORG", "sam.reed@example.org"),
        (" a+b%c@x.org ", "a+b%c@x.org"), ("o'neil@x.org", "o'neil@x.org"),
        ("anna@почта.рф", "anna@xn--80a1acny.xn--p1ai"), ("a@BÜCHER.example", "a@xn--bcher-kva.example"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"), ("a@desk.local", "a@desk.local"), ("a@host", "a@host"),
    ],
)  # fmt: skip
def test_an_address_is_kept_in_small_letters_and_in_ascii(typed, kept):
    assert email_addresses.parse(typed) == accounts.parse_email(typed) == kept


@pytest.mark.parametrize(
    "wrong",
    [
        "x@mail..example", "x@mail.example.", "x@.example", "x@-a.example", "x@a_b.example",
        ".x@a.org", "x..y@a.org", "x.@a.org",
        "a@b@c.org", "a,b@c.org", "<a@c.org>", "a b@c.org", "иван@x.org", "a@[127.0.0.1]", '"a b"@c.org', "a@xn--a.org",
        f"{'x' * 65}@a.org", f"a@{'x' * 64}.org", "=?utf-8?q?a?=@b.org",
        "@a.org", "a@", "a",
        "a@b.org;", "a@b.org,c@d.org", "a@b .org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_a_sentence(wrong):
    with pytest.raises(Invalid) as refused:
        accounts.parse_email(wrong)
    assert str(refused.value).startswith("That is not an email address. ")
    assert refused.value.fields["email"].endswith((".", ")"))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_whatever_is_typed_is_an_address_in_ascii_or_is_refused(typed):
    for value in (typed, f"{typed}@example.org", f"a@{typed}", f"a@{typed}.org"):
        try:
            kept = email_addresses.parse(value)
        except ValueError:
            continue
        assert kept.isascii() and kept == email_addresses.parse(kept) and " " not in kept


def test_an_account_is_found_by_either_form_of_its_domain(desk):
    from db.models import Person
    from lib.transactions import act, see

    with act() as session:
        session.get_one(Person, desk.sam.id).email = "sam@xn--80a1acny.xn--p1ai"
    with see() as session:
        for typed in ("Sam@почта.рф", "sam@xn--80a1acny.xn--p1ai"):
            assert accounts.find_by_email(session, typed).id == desk.sam.id
        assert accounts.find_by_email(session, "x@mail..example") is None
