"""Adding people from the command line."""

import re
from datetime import timedelta

import pytest

from db.vocabulary import Source
from lib import transactions
from lib.core import clock
from lib.core.errors import Invalid
from lib.identity import sessions
from lib.people import accounts

PASSWORD = "seven grey geese over Hull"


def secret(result):
    return re.search(r"/set-password\?token=(\S+)", result.stdout)[1]


def add(run, *words):
    return run("person", "add", "--email", "Rita@Example.org", "--name", "Rita O'Neil", *words)


def person():
    with transactions.see() as session:
        found = accounts.find_by_email(session, "rita@example.org")
        return sessions.build_actor(session, found, "", channel=Source.PAGE)


def set_password(word):
    with transactions.act() as session:
        return accounts.set_password(session, word, PASSWORD)


def test_a_person_gets_a_link_that_sets_their_password_once(run):
    result = add(run, "--role", "agent")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("http://localhost:8501/set-password?token=")
    assert set_password(secret(result)).email == "rita@example.org"
    with pytest.raises(Invalid):
        set_password(secret(result))


def test_staff_join_the_default_team_and_requesters_none(run):
    add(run, "--role", "agent")
    assert len(person().teams) == 1
    assert "Service desk" not in run("person", "add", "--email", "s@example.org", "--name", "Sam").output


def test_a_team_is_found_by_its_name(run):
    assert "in Service desk" in add(run, "--team", "service DESK").stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--team", "Nowhere"), "There is no team “Nowhere”. Teams: Service desk."),
        (("--role", "king"), "There is no such role."),
    ],
)
def test_what_is_not_there_is_refused_with_a_sentence(run, words, sentence):
    result = add(run, *words)
    assert result.exit_code == 1
    assert sentence in result.stderr


def test_somebody_who_is_here_gets_a_new_link_only_when_asked(run):
    first = add(run)
    assert "add --again" in add(run).stderr
    again = run("person", "add", "--email", "rita@example.org", "--again")
    with pytest.raises(Invalid):
        set_password(secret(first))
    set_password(secret(again))


def test_a_link_for_somebody_with_a_password_works_for_half_an_hour(run):
    set_password(secret(add(run)))
    again = secret(run("person", "add", "--email", "rita@example.org", "--again"))
    with clock.travel_to(clock.now() + timedelta(minutes=31)), pytest.raises(Invalid):
        set_password(again)


def test_nobody_gets_a_link_for_a_stranger_or_a_disabled_person(run):
    assert (
        "Nobody has the email address" in run("person", "add", "--email", "x@example.org", "--again").stderr
    )
    add(run)
    from db.vocabulary import Permission
    from lib.access import gate

    # somebody must remain an administrator for anybody to be disabled
    run("person", "add", "--email", "ada@example.org", "--name", "Ada", "--role", "administrator")
    with transactions.act() as session:
        found = accounts.find_by_email(session, "rita@example.org")
        accounts.disable(session, gate.system_actor("test", Permission.USER_MANAGE), found)
    result = run("person", "add", "--email", "rita@example.org", "--again")
    assert "disabled" in result.stderr
    assert result.stdout == ""


def test_a_new_person_needs_a_name(run):
    assert "needs --name" in run("person", "add", "--email", "x@example.org").stderr
