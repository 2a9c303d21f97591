"""P19 in the browser: whatever people write is shown letter by letter; nothing runs, loads or is dressed up."""

import pytest
from playwright.sync_api import expect

from db.vocabulary import Priority
from lib.access import roles
from lib.catalog import categories
from lib.conversation import attachments
from lib.core import text
from lib.core.errors import Invalid
from lib.people import accounts, teams
from lib.tickets import tickets
from lib.transactions import act
from tests import cast
from tests.security.test_rendering import CORPUS

pytestmark = pytest.mark.browser
DRESSED = [
    ":red[alarm] :rainbow[x] :red-background[y] :blue-badge[z]",
    "a $x^2$ b $$\\frac{1}{2}$$ c",
    ":material/delete: :smile: :streamlit: :small[s]",
    "# heading **bold** _it_ `code` ~~gone~~ ~sub~ ==mark==",
    "1. one - two * three -> <- -- >= ...",
    "[link](https://evil.test) <https://evil.test> https://evil.test www.evil.test me@evil.test",
    "![picture](https://canary.test/p.png) | table | :--- |",
    "&amp; &lt;b&gt; &#x41; &nbsp; \\* \\$ \\:red[x]",
    "\u202egpj.exe \u2066isolate\u2069 ze\u200bro \u0633\u0644\u0627\u0645 e\u0301 \U0001f468\u200d\U0001f469",
]
ALL = [*CORPUS, *DRESSED]


def clean(raw, limit=200):
    """Return how a line is stored: cleaned of what can't be seen, and cut to its limit."""
    return text.clean_line(raw[:limit], field="line", limit=limit)


def packed(payloads, limit=200):
    """Return titles that hold several payloads each."""
    lines = [""]
    for payload in payloads:
        if len(lines[-1]) + len(payload) >= limit:
            lines.append("")
        lines[-1] = f"{lines[-1]} {payload[: limit - 1]}".strip()
    return [clean(line) for line in lines]


def furnish(people):
    """Name everything that people may name in a hostile way; returns the tickets by number."""
    titles = [*DRESSED, *packed(CORPUS)]
    with act() as session:
        agent = roles.get(session, "agent")
        for at, payload in enumerate(ALL):
            name = clean(payload, 120)
            email = f"p{at}@example.org"
            accounts.invite(
                session, cast.FOUNDER, email=email, name=name, role=agent, teams=[people.service_desk]
            )
        for payload in DRESSED:
            categories.create(session, people.ada, name=clean(payload, 80))
            teams.create(session, people.ada, name=clean(payload, 80))
    found = {}
    for at, title in enumerate(titles):
        payload = DRESSED[at % len(DRESSED)]
        with act() as session:
            upload = attachments.create(session, people.sam, attachments.examine(f"{payload[:90]}.txt", b"x"))
            made = tickets.create(
                session,
                people.sam,
                title=title,
                description=f"{title}\n\n{payload}",
                category_id=categories.get(session, clean(payload, 80)).id,
                priority=Priority.HIGH,
                files=[upload.id],
            )
            tickets._replace_tags(session, made, [clean(payload, 40)])
            found[made.id] = clean(title)
    many = min(found)
    for at, payload in enumerate(ALL[:49]):
        cast.add_comment(people.rita, many, payload, internal=at % 2 == 0)
    for payload in ALL[49:]:
        cast.add_comment(people.sam, many + 1, payload)
    return found


def undressed(page):
    """See neither math nor pictures from elsewhere, nor anything that a script left behind."""
    expect(page.locator(".katex")).to_have_count(0)
    assert not page.evaluate("""[...document.querySelectorAll("img, iframe, object, embed, form[action]")]
        .map((it) => it.src ?? it.data ?? it.action).filter((at) => at && !/^(data:|blob:)/.test(at)
            && new URL(at).origin !== location.origin)""")


def letters(shown):
    """Return a text as people read it, without signs of no width."""
    return " ".join(shown.replace("\u2060", "").split())


def test_every_ticket_says_what_was_written(office, visit, furnished):
    rita = visit(office.people.rita)
    page = rita.go("/tickets?sort=created")
    for title in [title for _, title in sorted(furnished.items())][:50]:
        expect(page.get_by_role("link", name=title, exact=True).first).to_be_visible()
    undressed(page)
    for number, title in furnished.items():
        rita.go(f"/ticket?id={number}")
        assert letters(page.get_by_test_id("stHeading").first.inner_text()) == letters(title)
        undressed(page)
    for show in ("all", "unassigned"):
        rita.go(f"/tickets?show={show}&q=alarm")
        expect(page.get_by_role("link", name=DRESSED[0], exact=True)).to_be_visible()


def test_tags_files_and_categories_are_plain_words(office, visit, furnished):
    sam = visit(office.people.sam)
    for number, payload in zip(sorted(furnished), DRESSED, strict=False):
        sam.go(f"/ticket?id={number}")
        read = letters(sam.read())
        for written in (clean(payload, 40).lower(), clean(payload, 80)):
            assert letters(written) in read
        assert letters(attachments.safe_name(f"{payload[:90]}.txt")) in read
        undressed(sam.page)


def test_names_are_plain_words_on_every_page_that_shows_them(office, visit, furnished):
    ada = visit(office.people.ada)
    read = ""
    for path in ("/people", "/people?after=50", "/teams", "/categories", "/audit-log", "/new"):
        page = ada.go(path)
        undressed(page)
        read += letters(ada.read())
    for payload in DRESSED:
        assert read.count(letters(clean(payload, 80))) >= 3
    for payload in CORPUS:
        assert letters(clean(payload, 120)) in read


def test_what_is_told_of_somebody_is_plain_too(office, visit, furnished):
    mona, name = visit(office.people.mona), DRESSED[0]
    page = mona.go(f"/ticket?id={max(furnished)}")
    page.get_by_role("button", name="Assign to…").click()
    page.get_by_role("combobox", name="Other people").click()
    page.keyboard.type("alarm")
    page.get_by_role("option", name=f"{name}: no open tickets", exact=True).click()
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_test_id("stToast").get_by_text(f"Assigned to {name}.")).to_be_visible()
    expect(page.get_by_text(f"assigned it to {name}")).to_be_visible()
    page.get_by_role("button", name="Edit ticket").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    undressed(page)


def test_a_person_with_a_hostile_name_sees_it_as_it_is(office, visit, furnished):
    with act() as session:
        sam = accounts.get(session, office.people.ada, office.people.bob.id)
        accounts.rename(session, office.people.ada, sam, name=DRESSED[0])
    bob = visit(office.people.bob)
    page = bob.go("/profile")
    expect(page.get_by_text(f"Signed in as {DRESSED[0]}, requester")).to_be_visible()
    undressed(page)
    bob.go("/new").get_by_label("Title", exact=True).press_sequentially("heading bold it code gone")
    undressed(page)


def test_what_can_not_be_stored_is_refused_with_a_sentence(office):
    for line in ("a\x00b", "half \ud800 a pair"):
        with pytest.raises(Invalid, match="can't be stored"):
            cast.create_ticket(office.people.sam, line)
