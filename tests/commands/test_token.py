"""API tokens from the command line."""

from datetime import timedelta

import pytest

from db.vocabulary import Permission, Scope
from lib import transactions
from lib.core import clock
from lib.identity import api_tokens


@pytest.fixture
def rita(run):
    run("person", "add", "--email", "rita@example.org", "--name", "Rita", "--role", "agent")


def who(secret):
    with transactions.see() as session:
        found = api_tokens.authenticate(session, secret)
    return found and found[0]


def add(run, *words):
    return run("token", "add", "--person", "rita@example.org", "--name", "laptop", *words)


def test_the_token_alone_is_on_standard_output(run, rita):
    result = add(run)
    assert who(result.stdout.strip()).email == "rita@example.org"


def test_a_read_token_can_not_write(run, rita):
    actor = who(add(run, "--scope", "read").stdout.strip())
    assert actor.may(Permission.TICKET_READ, least=Scope.TEAM)
    assert not actor.may(Permission.TICKET_CREATE)


def test_a_token_ends_after_its_days(run, rita):
    secret = add(run, "--days", "2").stdout.strip()
    with clock.travel_to(clock.now() + timedelta(days=1)):
        assert who(secret)
    with clock.travel_to(clock.now() + timedelta(days=3)):
        assert who(secret) is None


def test_a_stranger_gets_none(run):
    result = add(run)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Nobody has the email address rita@example.org." in result.stderr
