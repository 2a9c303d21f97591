"""The audit in words: no code of ours reaches whoever reads it."""

import re

import pytest

from db.vocabulary import Action
from lib.audit import audit_log
from lib.audit.audit_log import AuditEntry
from lib.core import clock
from ui.settings import audit_labels

CODE = re.compile(r"\w[._:]\w")


def entry(action, subject, **more):
    given = {"field": None, "old": None, "new": None, "actor_id": 1, "actor": "Ada", "address": None, **more}
    return AuditEntry(id=1, at=clock.now(), action=action, subject=subject, channel="page", **given)


@pytest.mark.parametrize("action", audit_log.AUDITED_ACTIONS)
def test_every_deed_has_words(action):
    what = action.partition(".")[0]
    assert not CODE.search(audit_labels.format_action(action))
    for subject in (what, f"{what}:7", "person:3", ""):
        assert not CODE.search(audit_labels.format_entry(entry(action, subject), {"person:3": "Rita Sosa"}))


def test_people_are_called_by_their_names_and_changes_by_what_they_were():
    told = entry(Action.TEAM_CHANGED, "team:2", field="lead_name", old="Hall", new="Yard")
    assert audit_labels.format_entry(told, {"team:2": "Facilities"}) == "changed team Facilities"
    assert audit_labels.format_change(told) == "lead name: Hall → Yard"
    refused = entry(Action.DENIED, "ticket:9", field="ticket.read")
    assert (audit_labels.format_entry(refused, {}), audit_labels.format_change(refused)) == (
        "was refused at ticket #9",
        "ticket.read",
    )


def test_names_are_found_for_what_is_still_there(desk):
    from lib.transactions import see

    entries = [entry(Action.PERSON_CREATED, f"person:{desk.rita.id}"), entry(Action.TEAM_CHANGED, "team:999")]
    with see() as session:
        assert audit_log.get_subject_names(session, entries) == {f"person:{desk.rita.id}": "Rita Sosa"}
