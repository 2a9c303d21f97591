"""Canned replies: kept by those who may, filled in for a ticket, and free of variables that do not exist."""

import pytest

from lib.catalog import canned_replies
from lib.core.errors import Conflict, Invalid, NotFound, NotPermitted
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast

HELLO = "Hello {requester.first_name},\n\nabout {ticket.number} “{ticket.title}”: done.\n\n{agent.name}"


def add(actor, name="Hello", body=HELLO, team=None):
    with act() as session:
        return canned_replies.create(session, actor, name=name, body=body, team_id=team).id


def ready(actor, number, search=""):
    with see() as session:
        ticket = tickets.find(session, actor, number)
        return {r.name: r.body for r in canned_replies.suggest(session, actor, ticket, search=search)}


def change(actor, id, *, seen=1, **what):
    with act() as session:
        row = canned_replies.get(session, actor, id)
        given = {"name": row.name, "body": row.body, "team_id": row.team_id} | what
        canned_replies.update(session, actor, row, seen=seen, **given)


def test_a_reply_is_filled_in_for_the_ticket(desk):
    add(desk.ada)
    number = cast.create_ticket(desk.sam, "It {agent.name} hums")
    assert ready(desk.rita, number) == {
        "Hello": f"Hello Sam,\n\nabout #{number} “It {{agent.name}} hums”: done.\n\nRita Sosa"
    }


def test_each_variable_is_filled_in(desk):
    add(desk.ada, body=" ".join(f"{{{name}}}" for name in canned_replies.VARIABLES))
    number = cast.create_ticket(desk.sam, "It hums")
    assert (
        ready(desk.rita, number)["Hello"]
        == f"#{number} It hums To-Do Service desk Sam Reed Sam Rita Sosa Rita"
    )


@pytest.mark.parametrize(
    "body", ["{ticket.numbr}", "{Requester.name}", "{ticket}", "{agent.password_hash}", "{a.b.c}"]
)
def test_an_unknown_variable_is_refused_by_name(desk, body):
    with pytest.raises(Invalid) as refusal:
        add(desk.ada, body=f"Hello {body}")
    assert body in refusal.value.sentence and "{ticket.number}" in refusal.value.sentence
    assert add(desk.ada, body='json {"a": 1} {} {1}') is not None


def test_managers_keep_their_teams_and_administrators_all(desk):
    for who, team in (
        (desk.mona, None),
        (desk.mona, desk.facilities),
        (desk.rita, desk.service_desk),
        (desk.sam, None),
    ):
        with pytest.raises(NotPermitted):
            add(who, team=team)
    theirs, others, all_ = (
        add(desk.mona, team=desk.service_desk),
        add(desk.ada, team=desk.facilities),
        add(desk.ada),
    )
    with pytest.raises(NotFound):
        change(desk.mona, others, name="Mine")
    for what in ({"name": "Mine"}, {"team_id": desk.service_desk}):
        with pytest.raises(NotPermitted):
            change(desk.mona, all_, **what)
    with pytest.raises(NotPermitted):
        change(desk.mona, theirs, team_id=None)
    change(desk.mona, theirs, name="Mine")
    with pytest.raises(Conflict):
        change(desk.ada, theirs, name="Yours", seen=1)
    with pytest.raises(Invalid, match="exists already"):
        add(desk.mona, name="Mine", team=desk.service_desk)
    with see() as session:
        listed = {
            who.name: [c.name for c in canned_replies.list_all(session, who)]
            for who in (desk.rita, desk.bela, desk.ada)
        }
    assert listed == {
        "Rita Sosa": ["Hello", "Mine"],
        "Bela Kun": ["Hello", "Hello"],
        "Ada Okafor": ["Hello", "Hello", "Mine"],
    }
    with act() as session:
        canned_replies.delete(session, desk.mona, canned_replies.get(session, desk.mona, theirs))
    with pytest.raises(NotFound):
        change(desk.mona, theirs, name="Gone")


def test_only_those_who_work_the_ticket_are_offered_its_team_s(desk):
    add(desk.mona, "Ours", team=desk.service_desk)
    add(desk.ada, "Theirs", team=desk.facilities)
    add(desk.ada, "Everybody's")
    number = cast.create_ticket(desk.bela)
    assert list(ready(desk.rita, number)) == ["Everybody's", "Ours"]
    for asker in (desk.bela, desk.sam):
        with pytest.raises((NotPermitted, NotFound)):
            ready(asker, cast.create_ticket(asker) if asker is desk.sam else number)


def test_replies_are_found_by_beginnings_of_words_names_first(desk):
    number = cast.create_ticket(desk.sam)
    add(desk.ada, "Reset the password", body="As follows")
    add(desk.ada, "Bitte", body="Setzen Sie das Passwort zurück, password")
    assert list(ready(desk.rita, number, "pass")) == ["Reset the password", "Bitte"]
    assert list(ready(desk.rita, number, "zuruck")) == ["Bitte"]
    assert ready(desk.rita, number, "nothing") == {}
