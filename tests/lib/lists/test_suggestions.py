"""What a search line could become is offered while it is typed."""

from hypothesis import given
from hypothesis import strategies as st

from db.vocabulary import FieldKind
from lib.catalog import custom_fields
from lib.lists import query_language, suggestions
from lib.transactions import act, see
from tests import cast
from tests.lib.lists.test_query_language import EXAMPLES, lines


def offered(actor, line):
    with see() as session:
        return [offer.line for offer in suggestions.for_line(session, actor, line).offers]


def test_a_beginning_becomes_a_qualifier(desk):
    assert offered(desk.rita, "lamp sta") == ["lamp status:"]
    assert offered(desk.rita, "re") == ["requester:", "responder:", "resolver:", "responded:", "resolved:"]
    assert offered(desk.rita, "-ta") == ["-tag:"]
    for line in ("", "l", "lamp", "status:blocked ", '"status', "#12"):
        assert offered(desk.rita, line) == [], line


def test_a_qualifier_becomes_one_with_a_value(desk):
    assert offered(desk.rita, "lamp status:bl") == ["lamp status:Blocked "]
    assert offered(desk.rita, "-status:blocked,pro") == ['-status:blocked,"In Progress" ']
    assert offered(desk.rita, "team:serv") == ['team:"Service desk" ']
    assert offered(desk.rita, "team:mi") == ["team:mine "]
    assert offered(desk.rita, "priority:") == [
        "priority:urgent ", "priority:high ", "priority:normal ", "priority:low ",
    ]  # fmt: skip
    assert offered(desk.rita, "assignee:aru") == ['assignee:"Arun Das" ']


def test_fields_are_offered_to_those_who_may_read_them(desk):
    with act() as session:
        custom_fields.create(session, desk.ada, name="Asset tag", kind=FieldKind.TEXT)
    assert offered(desk.rita, "field:as") == ["field:asset_tag "]
    assert offered(desk.sam, "field:as") == []


def test_a_requester_is_offered_no_names_and_no_tags_of_others(desk):
    cast.create_ticket(desk.bob, tags=["secret"])
    assert offered(desk.sam, "assignee:") == ["assignee:me ", "assignee:none "]
    assert offered(desk.sam, "tag:s") == []
    assert offered(desk.bob, "tag:s") == ["tag:secret "]


@EXAMPLES
@given(line=lines | st.text(max_size=40))
def test_no_line_breaks_the_offers_and_each_is_understood(desk, line):
    with see() as session:
        for offer in suggestions.for_line(session, desk.rita, line).offers:
            if offer.line.endswith(" "):
                assert (
                    query_language.parse_parameters(
                        session,
                        desk.rita,
                        {"q": [query_language.find_last_term(offer.line.rstrip())[1].written]},
                    ).puzzled
                    == ()
                )
