"""A merge and its undo: an agent finds the other ticket, sees what moves, and the old address leads on."""

from playwright.sync_api import expect

from lib.tickets import links, tickets
from lib.transactions import act
from tests import cast


def test_a_merge_and_its_undo(office, visit):
    people = office.people
    source = cast.create_ticket(people.bob, "The wombat printer jams again", description="It eats paper.")
    target = cast.create_ticket(people.sam, "The wombat printer jams")
    cast.add_comment(people.bob, source, "Still so.")

    rita = visit(people.rita)
    page = rita.go(f"/ticket?id={source}")
    page.get_by_role("button", name="Merge into another ticket").click()
    expect(page.get_by_role("radio", name=f"#{target} The wombat printer jams")).to_be_visible()
    page.get_by_label("Find the other ticket").fill(f"#{target}")
    page.get_by_label("Find the other ticket").press("Enter")
    expect(page.get_by_role("heading", name=f"What moves to #{target}")).to_be_visible()
    expect(page.get_by_text(f"Bob Muir will be able to read all of #{target}.")).to_be_visible()
    page.get_by_role("button", name=f"Merge #{source} into #{target}").click()
    expect(page.get_by_text(f"Rita Sosa merged #{source} into this ticket")).to_be_visible()
    expect(page.get_by_label("Conversation").get_by_text("Still so.")).to_be_visible()

    bob = visit(people.bob)
    page = bob.go(f"/t/{source}")
    expect(page.get_by_text(f"#{source} was merged into this ticket.")).to_be_visible()
    expect(page.get_by_role("heading", name="The wombat printer jams", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Undo merge")).to_have_count(0)
    page.get_by_role("link", name=f"Open #{source}").click()
    expect(page.get_by_text(f"Rita Sosa merged this ticket into #{target}")).to_be_visible()
    expect(page.get_by_role("button", name="Send reply")).to_have_count(0)

    ada = visit(people.ada)
    page = ada.go(f"/ticket?id={target}")
    page.get_by_role("button", name="Undo merge").click()
    page.get_by_role("button", name=f"Undo merge of #{source}").click()
    expect(page.get_by_role("heading", name="The wombat printer jams again")).to_be_visible()
    expect(page.get_by_label("Conversation").get_by_text("Still so.")).to_be_visible()
    page = bob.go(f"/t/{source}")
    expect(page.get_by_label("Conversation").get_by_text("Still so.")).to_be_visible()
    bob.go(f"/ticket?id={target}")
    bob.meets_nothing()


def test_duplicates_are_completed_with_their_original(office, visit):
    people = office.people
    master, copy = (
        cast.create_ticket(people.sam, "No mail since ten"),
        cast.create_ticket(people.bob, "Mail is away"),
    )
    with act() as session:
        ticket, other = (tickets.find(session, people.rita, n, to_change=True) for n in (copy, master))
        links.link(session, people.rita, ticket, name="duplicates", other=other)
    rita = visit(people.rita)
    page = rita.go(f"/ticket?id={master}")
    rita.choose("Status", "Completed")
    expect(page.get_by_text(f"Complete its duplicate #{copy} as well")).to_be_visible()
    page.get_by_label("Reply on duplicates").fill("The mail is up again.")
    page.get_by_role("button", name="Move to Completed").click()
    expect(page.get_by_label("Conversation").get_by_text("The mail is up again.")).to_be_visible()
    expect(page.get_by_text("moved it from To-Do to Completed")).to_be_visible()
    bob = visit(people.bob)
    page = bob.go(f"/ticket?id={copy}")
    expect(page.get_by_label("Conversation").get_by_text("The mail is up again.")).to_be_visible()
    expect(page.get_by_text("moved it from To-Do to Completed")).to_be_visible()
