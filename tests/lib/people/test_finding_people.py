"""People are found without accents and with either apostrophe, wherever they are looked for."""

import pytest

from db.vocabulary import Source
from lib.access import roles
from lib.conversation import mentions
from lib.identity import sessions
from lib.lists import query_language, suggestions, ticket_list
from lib.people import accounts
from lib.tickets import tickets
from lib.transactions import act, see
from tests import cast
from ui.shared import formatting

pytestmark = pytest.mark.both_databases("each database folds and compares letters its own way")


NAMES = ["José Núñez", "Łukasz Żak", "Siobhán O\u2019Brien", "Søren Strauß", "D'Arcy Müller", "山田太郎"]
TYPED = [
    ("jose nunez", 0), ("JOSÉ", 0), ("nunez jose", 0), ("lukasz", 1), ("zak", 1), ("o'brien", 2), ("o\u2019brien", 2),
    ("O\u02bcBrien", 2), ("obrien", 2), ("siobhan", 2), ("soren", 3), ("strauss", 3), ("d\u2019arcy", 4), ("d'arcy", 4),
    ("muller", 4), ("太郎", 5), ("lu\u00adkasz", 1),
]  # fmt: skip


@pytest.fixture
def named(desk):
    """People with such names who work at the service desk and ask for something."""
    with act() as session:
        made = [_hired(session, name, which, desk.service_desk) for which, name in enumerate(NAMES)]
    return [(person.id, cast.create_ticket(person, f"Request {which}")) for which, person in enumerate(made)]


def _hired(session, name, which, team):
    role = roles.get(session, "agent")
    email = f"p{which}@example.org"
    return sessions.build_actor(
        session, accounts.invite(session, cast.FOUNDER, email=email, name=name, role=role, teams=[team]), role,
        channel=Source.API,
    )  # fmt: skip


@pytest.mark.parametrize(("typed", "which"), TYPED)
def test_the_directory_and_every_qualifier_find_them(desk, named, typed, which):
    id, number = named[which]
    with see() as session:
        assert [card.id for card in accounts.list_visible(session, desk.ada, search=typed)] == [id]
        asked = query_language.parse_parameters(session, desk.ada, {"q": [f'requester:"{typed}"']})
        assert [row.number for row in ticket_list.get_page(session, desk.ada, asked.narrowed).rows] == [
            number
        ]
        assert asked.puzzled == ()
        assert (
            query_language.parse_parameters(session, desk.ada, {"q": [f'assignee:"{typed}"']}).puzzled == ()
        )


@pytest.mark.parametrize(("typed", "which"), TYPED)
def test_mentions_offer_and_name_them(desk, named, typed, which):
    id, number = named[which]
    with see() as session:
        ticket = tickets.find(session, desk.rita, number)
        offered = mentions.suggest_people(session, desk.rita, ticket, search=typed.split()[0], internal=False)
        assert id in [card.id for card in offered]


@pytest.mark.parametrize(
    ("body", "which"),
    [
        ("@jose nunez look", 0),
        ("@Lukasz Zak", 1),
        ("@Siobhan O'Brien:", 2),
        ("@soren strauss", 3),
        ("@D\u2019Arcy Muller", 4),
    ],
)
def test_a_name_typed_plainly_is_mentioned(desk, named, body, which):
    id, number = named[which]
    with see() as session:
        ticket = tickets.find(session, desk.rita, number)
        found = mentions.find_in_text(session, desk.rita, ticket, body=body, internal=False)
    assert found.people == {id: NAMES[which]}


def test_a_name_that_is_written_so_goes_before_one_that_only_folds_to_it(desk, named):
    with act() as session:
        other = _hired(session, "Jose Nunez", 9, desk.service_desk)
    with see() as session:
        ticket = tickets.find(session, desk.rita, named[0][1])
        for body, id in (("@Jose Nunez", other.id), ("@José Núñez", named[0][0])):
            assert list(
                mentions.find_in_text(session, desk.rita, ticket, body=body, internal=False).people
            ) == [id]


def test_what_is_no_name_finds_nobody(desk, named):
    with see() as session:
        assert accounts.list_visible(session, desk.ada, search="***") == []
        assert accounts.list_visible(session, desk.sam, search="example.org") == []
        ticket = tickets.find(session, desk.rita, named[0][1])
        assert mentions.suggest_people(session, desk.rita, ticket, search="***", internal=False) == []


def test_a_new_name_is_found_and_the_old_one_is_not(desk, named):
    with act() as session:
        accounts.rename(session, desk.ada, accounts.get(session, desk.ada, named[0][0]), name="Zoë Ångström")
    with see() as session:
        assert [card.id for card in accounts.list_visible(session, desk.ada, search="zoe angstrom")] == [
            named[0][0]
        ]
        assert accounts.list_visible(session, desk.ada, search="nunez") == []


def test_values_are_offered_without_accents(desk, named):
    with see() as session:
        for typed, name in (("jose", NAMES[0]), ("lukasz", NAMES[1]), ("strauss", NAMES[3])):
            assert [
                offer.label for offer in suggestions.for_line(session, desk.ada, f"assignee:{typed}").offers
            ] == [name]


@pytest.mark.parametrize(
    ("typed", "which"), [row for row in TYPED if row[0] not in ("nunez jose", "lu\u00adkasz", "O\u02bcBrien")]
)
def test_a_chooser_finds_them_letter_by_letter(typed, which):
    """Streamlit looks whether the typed letters stand in a label in their order."""
    label = iter(formatting.format_searchable_name(NAMES[which], "x@example.org").lower())
    assert all(letter in label for letter in typed.lower())


def test_a_plain_name_stands_in_a_chooser_as_it_is():
    assert (
        formatting.format_searchable_name("Rita Moss", "rita@example.org") == "Rita Moss (rita@example.org)"
    )
