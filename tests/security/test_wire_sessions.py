"""Who is here, against a real server: cookies, resumed sessions, fragments, deep links (P03 to P06)."""

import ast
import hashlib
from pathlib import Path

import pytest
from sqlmodel import select
from streamlit.util import calc_hash

from db.models import Membership, OneTimeSecret, SignIn
from lib.access import roles
from lib.identity import sessions
from lib.people import accounts, teams
from lib.transactions import act, see
from tests import cast
from tests.conftest import EITHER
from tests.support import wire
from tests.support.house import BOBS_TITLE, NOTE_BODY, SAMS_TITLE, RunningDesk, set_up
from tests.support.server import ROOT, free_port
from tests.support.wire import BackMsg, Tab, enter_text, press_button
from ui.shell.menu import ENTRIES

FORM = "Sign in to Docket"
SECRETS = (SAMS_TITLE, NOTE_BODY, BOBS_TITLE, "Quince-body-2256")


@pytest.fixture(scope="module", params=EITHER)
def house_built(request, server, databases) -> RunningDesk:
    url = databases.fresh(request.param)
    return set_up(server(DOCKET_DATABASE_URL=url), url)


@pytest.fixture
def house(house_built) -> RunningDesk:
    return house_built.here()


def leaks(run: wire.Run | Tab) -> list[str]:
    raw = run.seen if isinstance(run, Tab) else run.raw
    return [word for word in SECRETS if word.encode() in raw]


def with_dialog(house: RunningDesk, cookie: str) -> tuple[Tab, str]:
    """Open a ticket with its dialog, which is a fragment: a part of the page that runs without the rest."""
    tab = Tab(house.url, cookie=cookie)
    page = tab.run("ticket", query=f"id={house.sams}")
    assert leaks(page)
    opened = tab.run(query=f"id={house.sams}", widgets=[press_button(page.widget("Edit ticket"))])
    assert opened.fragments
    return tab, opened.fragments[-1]


class TestDeepLinks:
    """The very first message names a page; these come first, before the server has seen anybody."""

    def test_nobody_gets_a_byte(self, house):
        names = {e.url for e in ENTRIES} | {e.path for e in ENTRIES} | {e.path.split("/")[1] for e in ENTRIES}
        for name in sorted(names):
            with Tab(house.url) as tab:
                page = tab.run(name, query=f"id={house.sams}")
            assert leaks(page) == [], name
            if name not in {"set-up", "set-password"}:
                assert FORM in page, name

    def test_no_hash_leads_past_the_gate(self, house):
        for entry in ENTRIES:
            path = ROOT / "pages" / f"{entry.path}.py"
            for made_of in (entry.url, entry.title, str(path), f"pages/{entry.path}.py", entry.path):
                with Tab(house.url) as tab:
                    page = tab.run(page_hash=calc_hash(made_of), query=f"id={house.sams}")
                assert leaks(page) == [], made_of

    @pytest.mark.parametrize(
        ("who", "barred"),
        [
            ("sam", {"settings", "people", "teams", "categories", "audit-log"}),
            ("rita", {"settings", "people", "teams", "categories", "audit-log"}),
            ("mona", {"categories"}),
        ],
    )
    def test_administration_is_for_those_who_may(self, house, who, barred):
        cookie = cast.sign_in(getattr(house.people, who))
        open_to = {e.url for e in ENTRIES if e.opens_for(cast.reload_actor(getattr(house.people, who)))}
        assert not open_to & barred
        for name in barred:
            with Tab(house.url, cookie=cookie) as tab:
                page = tab.run(name)
                assert "This page doesn't exist" in page
                assert "@example.org" not in page
        with Tab(house.url, cookie=cookie) as tab:
            assert "This page doesn't exist" not in tab.run("profile")

    def test_administration_leads_to_what_one_may_open(self, house):
        with Tab(house.url, cookie=cast.sign_in(house.people.mona)) as tab:
            page = tab.run("settings")
        assert "**Teams**" in page and "**Audit log**" in page
        assert "**Categories**" not in page and "**Rates**" not in page

    def test_pages_know_no_ticket_of_others(self, house):
        with Tab(house.url, cookie=cast.sign_in(house.people.sam)) as tab:
            for query in (
                f"id={house.bobs}",
                f"id={house.sams}&id={house.bobs}",
                f"id=0{house.bobs}",
                "q=Sorrel",
            ):
                for name in ("ticket", ""):
                    assert BOBS_TITLE not in tab.run(name, query=query)
            assert NOTE_BODY not in tab.run("ticket", query=f"id={house.sams}")


class TestCookie:
    def test_it_is_new_at_sign_in_and_only_its_hash_is_kept(self, house):
        old = cast.sign_in(house.people.sam)
        with Tab(house.url) as tab:
            done = wire.sign_in(tab, house.people.sam.email, cast.PASSWORD)
        with wire.open_client(house.url, old) as browser:
            answer = browser.post("/auth/session", json={"ticket": wire.get_handoff_ticket(done)})
            again = browser.post("/auth/session", json={"ticket": wire.get_handoff_ticket(done)})
        cookie = answer.headers["set-cookie"]
        secret = answer.cookies["docket"]
        assert (answer.status_code, again.status_code) == (204, 401)
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        assert secret != old
        assert len(secret) * 6 >= 128
        with see() as session:
            kept = [row.secret_hash for row in session.exec(select(SignIn)).all()]
        assert hashlib.sha256(secret.encode()).hexdigest() in kept
        assert secret not in kept
        with wire.open_client(house.url, old) as browser:
            assert browser.get("/api/v1/me").status_code == 401
        with wire.open_client(house.url, secret) as browser:
            assert browser.get("/api/v1/me").status_code == 200

    def test_a_hand_off_can_not_be_raced(self, house):
        with Tab(house.url) as tab:
            ticket = wire.get_handoff_ticket(wire.sign_in(tab, house.people.bob.email, cast.PASSWORD))

        def post(_):
            with wire.open_client(house.url) as browser:
                return browser.post("/auth/session", json={"ticket": ticket}).status_code

        answers = wire.run_together(post, range(20))
        assert sorted(answers)[:2] == [204, 401]

    def test_a_hand_off_expires(self, house):
        with Tab(house.url) as tab:
            ticket = wire.get_handoff_ticket(wire.sign_in(tab, house.people.bob.email, cast.PASSWORD))
        with act() as session:
            hashed = hashlib.sha256(ticket.encode()).hexdigest()
            row = session.exec(select(OneTimeSecret).where(OneTimeSecret.secret_hash == hashed)).one()
            row.expires_at = row.created_at
        with wire.open_client(house.url) as browser:
            assert browser.post("/auth/session", json={"ticket": ticket}).status_code == 401

    @pytest.mark.parametrize("ticket", ["", "x", None, 1, ["x"], {"a": 1}, "é", "x" * 5000])
    def test_a_hand_off_can_not_be_guessed(self, house, ticket):
        with wire.open_client(house.url) as browser:
            assert browser.post("/auth/session", json={"ticket": ticket}).status_code in {401, 413}


class TestEnding:
    """Whatever ends a session ends it everywhere, in tabs that are open too, without a restart."""

    def end_by_sign_out(self, house, cookie):
        with wire.open_client(house.url, cookie) as browser:
            assert browser.post("/auth/sign-out").status_code == 204

    def end_by_password(self, house, cookie):
        with act() as session:
            me = cast.reload_actor(house.people.rita)
            accounts.change_password(session, me, current=cast.PASSWORD, new=cast.PASSWORD)

    def end_by_disabling(self, house, cookie):
        with act() as session:
            accounts.disable(
                session, cast.reload_actor(house.people.ada), cast.get_person(session, house.people.rita)
            )

    def end_by_idleness(self, house, cookie):
        self._move(cookie, "seen_at")

    def end_by_age(self, house, cookie):
        self._move(cookie, "expires_at")

    def _move(self, cookie, field):
        with act() as session:
            hashed = hashlib.sha256(cookie.encode()).hexdigest()
            row = session.exec(select(SignIn).where(SignIn.secret_hash == hashed)).one()
            setattr(row, field, row.created_at.replace(year=2020))

    @pytest.fixture
    def rita(self, house):
        yield house.people.rita
        with act() as session:
            accounts.enable(
                session, cast.reload_actor(house.people.ada), cast.get_person(session, house.people.rita)
            )

    @pytest.mark.parametrize("way", ["sign_out", "password", "disabling", "idleness", "age"])
    def test_it_ends_pages_fragments_and_the_api(self, house, rita, way):
        cookie = cast.sign_in(rita)
        tab, fragment = with_dialog(house, cookie)
        with tab, wire.open_client(house.url, cookie) as browser:
            getattr(self, f"end_by_{way}")(house, cookie)
            part = tab.run(query=f"id={house.sams}", fragment=fragment)
            page = tab.run(query=f"id={house.sams}")
            assert leaks(part) == leaks(page) == []
            assert FORM in page
            assert browser.get("/api/v1/me").status_code == 401
        assert not [e for e in house.audited("session.misused") if e.subject == f"person:{rita.id}"]

    def test_a_tab_left_open_is_no_misuse(self, house):
        cookie = cast.sign_in(house.people.arun)
        before = len(house.audited("session.misused"))
        with Tab(house.url, cookie=cookie) as tab:
            tab.run()
            with act() as session:
                sessions.end(session, cookie)
            with act() as session:
                sessions.forget_old(session)
            assert FORM in tab.run()
        assert len(house.audited("session.misused")) == before

    def test_a_widget_does_nothing_any_more(self, house, rita):
        cookie = cast.sign_in(rita)
        with Tab(house.url, cookie=cookie) as tab:
            take = tab.run("ticket", query=f"id={house.bobs}").widget("Assign to me")
            with act() as session:
                sessions.end(session, cookie)
            assert FORM in tab.run(query=f"id={house.bobs}", widgets=[press_button(take)])
        with wire.open_client(house.url, cast.sign_in(house.people.ada)) as browser:
            assert browser.get(f"/api/v1/tickets/{house.bobs}").json()["assignee"] is None

    def test_another_role_holds_at_once(self, house):
        cookie = cast.sign_in(house.people.arun)
        tab, fragment = with_dialog(house, cookie)
        with tab:
            self._role(house, "requester")
            try:
                part = tab.run(query=f"id={house.sams}", fragment=fragment)
                page = tab.run(query=f"id={house.sams}")
            finally:
                self._role(house, "agent")
            assert leaks(part) == leaks(page) == []

    def _role(self, house, name):
        with act() as session:
            arun = cast.get_person(session, house.people.arun)
            accounts.change_role(
                session, cast.reload_actor(house.people.ada), arun, role=roles.get(session, name)
            )

    def test_another_team_holds_at_once(self, house):
        arun = house.people.arun
        tab, fragment = with_dialog(house, cast.sign_in(arun))
        with tab:
            with act() as session:
                desk = cast.get_team(session, house.people.service_desk)
                teams.remove_member(
                    session, cast.reload_actor(house.people.ada), desk, cast.get_person(session, arun)
                )
            part = tab.run(query=f"id={house.sams}", fragment=fragment)
            page = tab.run(query=f"id={house.sams}")
            listed = tab.run("")
            with act() as session:
                session.add(Membership(person_id=arun.id, team_id=house.people.service_desk))
            assert leaks(part) == leaks(page) == leaks(listed) == []


class TestResumed:
    """A session's id opens nothing (P06)."""

    @pytest.mark.parametrize("open_still", [True, False])
    @pytest.mark.parametrize("thief", ["nobody", "bob"])
    def test_a_stranger_gets_a_session_of_their_own(self, house, thief, open_still):
        arun = house.people.arun
        tab, fragment = with_dialog(house, cast.sign_in(arun))
        if not open_still:
            tab.close()
        cookie = cast.sign_in(house.people.bob) if thief == "bob" else None
        before = len(house.audited("session.misused"))
        with Tab(house.url, cookie=cookie, resume=tab.session_id) as stolen:
            stolen.page_hash = tab.page_hash
            stolen.ask(query=f"id={house.sams}", fragment=fragment)
            page = stolen.run(query=f"id={house.sams}")
            assert stolen.session_id != tab.session_id
            assert leaks(stolen) == []
            assert arun.name not in page
        told = house.audited("session.misused")
        assert len(told) == before + 1
        assert told[0].subject == f"person:{arun.id}"
        assert told[0].actor_id == (house.people.bob.id if thief == "bob" else None)
        if open_still:
            assert leaks(tab.run(query=f"id={house.sams}")), "the owner was thrown out"
        tab.close()

    def test_a_forged_mark_does_not_help(self, house):
        cookie = cast.sign_in(house.people.arun)
        tab, _ = with_dialog(house, cookie)
        mark = {"X-Docket-Who": hashlib.sha256(cookie.encode()).hexdigest()}
        with tab, Tab(house.url, resume=tab.session_id, headers=mark) as stolen:
            stolen.run(query=f"id={house.sams}")
            assert stolen.session_id != tab.session_id

    def test_its_owner_goes_on_after_a_lost_connection(self, house):
        cookie = cast.sign_in(house.people.arun)
        tab, _ = with_dialog(house, cookie)
        tab.close()
        with Tab(house.url, cookie=cookie, resume=tab.session_id) as again:
            again.run(query=f"id={house.sams}")
            assert again.session_id == tab.session_id

    def test_a_half_done_sign_in_can_not_be_taken_over(self, house):
        with Tab(house.url) as tab:
            form = tab.run()
            tab.run(
                widgets=[enter_text(form.widget("Email"), "sam"), enter_text(form.widget("Password"), "x")]
            )
            with Tab(house.url, resume=tab.session_id) as stolen:
                stolen.run()
                assert stolen.session_id != tab.session_id

    def test_the_page_itself_forgets_whom_it_was_drawn_for(self, server, databases):
        """The second line: even where Streamlit resumes anything, a run begins with who is here now."""
        sloppy = settle_sloppy(server, databases)
        tab, fragment = with_dialog(sloppy, cast.sign_in(sloppy.people.arun))
        tab.close()
        with Tab(sloppy.url, cookie=cast.sign_in(sloppy.people.bob), resume=tab.session_id) as stolen:
            stolen.page_hash = tab.page_hash
            stolen.run(query=f"id={sloppy.sams}", fragment=fragment)
            stolen.run(query=f"id={sloppy.sams}")
            assert stolen.session_id == tab.session_id, "this server is meant to resume for anybody"
            assert leaks(stolen) == []
        assert sloppy.audited("session.misused")[0].subject == f"person:{sloppy.people.arun.id}"


def settle_sloppy(server, databases) -> RunningDesk:
    port = free_port()
    command = (
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.trustedUserHeaders",
        "{}",
    )
    url = databases.fresh("sqlite")
    return set_up(server(command=command, url=f"http://127.0.0.1:{port}", DOCKET_DATABASE_URL=url), url)


def test_every_part_that_runs_alone_asks_who_is_here():
    alone = []
    for path in [*Path(ROOT / "ui").rglob("*.py"), *Path(ROOT / "pages").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and any(
                "st.dialog" in ast.unparse(d) or "st.fragment" in ast.unparse(d) for d in node.decorator_list
            ):
                first = next(s for s in node.body if not isinstance(s, ast.Expr))
                alone.append((path.name, node.name, ast.unparse(first)))
    assert len(alone) >= 3
    assert [a for a in alone if "page.me()" not in a[2]] == []


class TestForged:
    """What a browser sends is an opinion."""

    def test_only_what_is_offered_can_be_chosen(self, house):
        with Tab(house.url, cookie=cast.sign_in(house.people.rita)) as tab:
            page = tab.run("ticket", query=f"id={house.bobs}")
            for label, choice in (("Team", "Board"), ("Team", "99"), ("Status", "x"), ("Status", "Merged")):
                tab.run(query=f"id={house.bobs}", widgets=[enter_text(page.widget(label), choice)])
            with wire.open_client(house.url, cast.sign_in(house.people.ada)) as browser:
                now = browser.get(f"/api/v1/tickets/{house.bobs}").json()
        assert now["team"]["name"] != "Board"
        assert now["status"]["name"] == "To-Do"

    def test_a_requester_writes_no_note(self, house):
        with Tab(house.url, cookie=cast.sign_in(house.people.sam)) as tab:
            writer = tab.run("ticket", query=f"id={house.sams}").component("writer")
            token = wire.get_component_data(writer)["token"]
            for visibility in ("internal", ["public"], None, "public "):
                said = {"token": token, "body": "Forged-note", "attachments": [], "visibility": visibility}
                tab.run(query=f"id={house.sams}", widgets=[wire.submit_component(writer, said)])
            with wire.open_client(house.url, cast.sign_in(house.people.sam)) as browser:
                assert "Forged-note" not in browser.get(f"/api/v1/tickets/{house.sams}/comments").text
            said = {"token": token, "body": "Real-reply", "attachments": [], "visibility": "public"}
            assert "Real-reply" in tab.run(
                query=f"id={house.sams}", widgets=[wire.submit_component(writer, said)]
            )

    def test_a_file_of_somebody_else_is_not_attached(self, house):
        with wire.open_client(house.url, cast.sign_in(house.people.bob)) as browser:
            file = browser.post("/api/v1/attachments", files={"file": ("a.txt", b"Bobs-file")}).json()["id"]
        with Tab(house.url, cookie=cast.sign_in(house.people.sam)) as tab:
            writer = tab.run("ticket", query=f"id={house.sams}").component("writer")
            token = wire.get_component_data(writer)["token"]
            said = {"token": token, "body": "With-file", "attachments": [file], "visibility": "public"}
            page = tab.run(query=f"id={house.sams}", widgets=[wire.submit_component(writer, said)])
            assert f"attachments/{file}" not in page
            assert "With-file</p>" not in page
        with wire.open_client(house.url, cast.sign_in(house.people.sam)) as browser:
            assert browser.get(f"/api/v1/attachments/{file}").status_code == 404

    def test_a_reply_after_leaving_the_team_is_not_written(self, house):
        arun = house.people.arun
        with Tab(house.url, cookie=cast.sign_in(arun)) as tab:
            writer = tab.run("ticket", query=f"id={house.bobs}").component("writer")
            token = wire.get_component_data(writer)["token"]
            with act() as session:
                desk = cast.get_team(session, house.people.service_desk)
                teams.remove_member(
                    session, cast.reload_actor(house.people.ada), desk, cast.get_person(session, arun)
                )
            said = {"token": token, "body": "Too-late", "attachments": [], "visibility": "internal"}
            tab.run(query=f"id={house.bobs}", widgets=[wire.submit_component(writer, said)])
        with act() as session:
            session.add(Membership(person_id=arun.id, team_id=house.people.service_desk))
        with wire.open_client(house.url, cast.sign_in(house.people.ada)) as browser:
            assert "Too-late" not in browser.get(f"/api/v1/tickets/{house.bobs}/comments").text

    @pytest.mark.parametrize(
        "message",
        [
            BackMsg(load_git_info=True),
            BackMsg(clear_cache=True),
            BackMsg(set_run_on_save=True),
            BackMsg(debug_shutdown_runtime=True),
            BackMsg(file_urls_request={"request_id": "1", "file_names": ["a"]}),
            BackMsg(backend_operation_request={"request_id": "1", "install_skills": {}}),
        ],
        ids=lambda message: message.WhichOneof("type"),
    )
    def test_a_page_asks_for_nothing_but_runs(self, house, message):
        with Tab(house.url) as tab:
            tab.run()
            tab.send(message)
            tab.socket.send("not a message")
            answer = tab.run()
            assert FORM in answer
            assert answer.kinds <= wire.RUN_MESSAGES
