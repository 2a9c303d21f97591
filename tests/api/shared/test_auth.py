"""The door before every route: who is let in, with what, and what nobody learns."""

import re

import pytest
from anyio.from_thread import start_blocking_portal
from structlog.testing import capture_logs

import api
from db.models import ApiToken
from lib.core import settings
from lib.identity import api_tokens, sessions
from lib.people import accounts, teams
from lib.transactions import act
from tests import cast
from tests.api.conftest import Client, problem

DOCUMENT = api.app().openapi()
ROUTES = [
    (method.upper(), re.sub(r"\{\w+\}", "1", path).lstrip("/"))
    for path, operations in DOCUMENT["paths"].items()
    for method in operations
]
CHANGES = [(method, path) for method, path in ROUTES if method != "GET"]
ELSEWHERE = [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}]


def test_nobody_gets_past_the_door(sqlite_desk):
    client = sqlite_desk.anyone()
    for method, path in [*ROUTES, ("GET", "no/such/route"), ("OPTIONS", "tickets")]:
        answer = client.request(method, path)
        problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer x", "Bearer dkt_x", "Basic dTpw", "bearer \x00", "dkt_x"]
)
def test_a_bad_token_is_nobody(sqlite_desk, header):
    client = Client(sqlite_desk.app, headers={"Authorization": header})
    problem(client.get("me"), 401)


def test_a_bad_token_does_not_fall_back_to_the_cookie(sqlite_desk):
    client = sqlite_desk.browser(sqlite_desk.company.sam)
    problem(client.get("me", headers={"Authorization": "Bearer dkt_wrong"}), 401)


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_another_site_changes_nothing_with_a_cookie(sqlite_desk, elsewhere):
    client = sqlite_desk.browser(sqlite_desk.company.ada)
    del client.headers["Sec-Fetch-Site"]
    for method, path in CHANGES:
        body = problem(client.request(method, path, headers=elsewhere), 403)
        assert "another site" in body["detail"]


def test_a_cookie_from_docket_s_own_pages_may_change(desk):
    client = desk.browser(desk.company.sam)
    assert client.post("tickets", json={"title": "The door is stuck"}).status_code == 201
    del client.headers["Sec-Fetch-Site"]
    own = {"Origin": "http://localhost:8501"}
    assert client.post("tickets", json={"title": "The door is stuck"}, headers=own).status_code == 201


def test_a_token_is_not_ambient_so_its_origin_does_not_matter(sqlite_desk):
    answer = sqlite_desk.sam.post("tickets", json={"title": "The door is stuck"}, headers=ELSEWHERE[0])
    assert answer.status_code == 201


def test_a_token_of_scope_read_changes_nothing(sqlite_desk):
    client = sqlite_desk.through(sqlite_desk.token(sqlite_desk.company.ada, "read"))
    for method, path in CHANGES:
        assert "scope is read" in problem(client.request(method, path), 403)["detail"]
    assert client.get("tickets").status_code == 200
    problem(client.get("audit"), 403)


def test_a_token_of_scope_write_works_tickets_but_manages_nothing(desk):
    client = desk.through(desk.token(desk.company.ada, "write"))
    assert client.post("tickets", json={"title": "The door is stuck"}).status_code == 201
    assert "team.manage" in problem(client.post("teams", json={"name": "Night"}), 403)["detail"]
    assert "system.manage" in problem(client.post("categories", json={"name": "Doors"}), 403)["detail"]
    problem(client.get("audit"), 403)


@pytest.mark.parametrize("scope", ["read", "write", "admin"])
def test_a_token_of_scope_write_makes_no_token_that_outgrows_it(desk, scope):
    client = desk.through(desk.token(desk.company.ada, "write"))
    problem(client.post("tokens", json={"name": "more", "scope": scope}), 403)


def test_a_revoked_token_is_refused_at_the_next_call(desk):
    assert desk.rita.get("me").status_code == 200
    with act() as session:
        api_tokens.revoke_all(session, desk.company.rita.id)
    problem(desk.rita.get("me"), 401)


def test_a_disabled_person_is_refused_at_the_next_call(desk):
    browser = desk.browser(desk.company.rita)
    assert {desk.rita.get("me").status_code, browser.get("me").status_code} == {200}
    with act() as session:
        accounts.disable(session, desk.company.ada, cast.get_person(session, desk.company.rita))
    problem(desk.rita.get("me"), 401)
    problem(browser.get("me"), 401)


def test_an_ended_session_is_refused_at_the_next_call(desk):
    browser = desk.browser(desk.company.rita)
    assert browser.get("me").status_code == 200
    with act() as session:
        sessions.end_all(session, desk.company.rita.id)
    problem(browser.get("me"), 401)


def test_leaving_a_team_closes_its_tickets_at_the_next_call(desk):
    number = cast.create_ticket(desk.company.sam)
    assert desk.rita.get(f"tickets/{number}").status_code == 200
    with act() as session:
        team = cast.get_team(session, desk.company.service_desk)
        teams.remove_member(session, desk.company.ada, team, cast.get_person(session, desk.company.rita))
    problem(desk.rita.get(f"tickets/{number}"), 404)
    assert desk.rita.get("tickets").json()["items"] == []


def test_what_is_not_there_is_a_problem_too(sqlite_desk):
    problem(sqlite_desk.sam.get("no/such/route"), 404)
    problem(sqlite_desk.sam.get("tickets/"), 404)
    problem(sqlite_desk.sam.get("tickets/1%00"), 404)


def test_a_wrong_method_names_the_right_ones(sqlite_desk):
    answer = sqlite_desk.sam.put("tickets/1")
    problem(answer, 405)
    assert answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"


def test_options_tells_the_methods_and_allows_no_other_origin(sqlite_desk):
    answer = sqlite_desk.sam.options("tickets", headers={"Origin": "https://evil.test"})
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert not [name for name in answer.headers if name.startswith("access-control")]
    problem(sqlite_desk.sam.options("no/such/route"), 404)


def test_head_is_get_without_the_body(sqlite_desk):
    answer, full = sqlite_desk.sam.head("statuses"), sqlite_desk.sam.get("statuses")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == full.headers["content-length"]


@pytest.mark.parametrize("path", ["me", "tickets", "statuses", "tickets/1", "no/such/route"])
def test_every_answer_keeps_out_of_caches_and_frames(sqlite_desk, path):
    headers = sqlite_desk.sam.get(path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert not {"server", "x-powered-by"} & set(headers)


def test_an_unknown_parameter_is_named(sqlite_desk):
    for path in ("tickets", "me", "people", "statuses"):
        body = problem(sqlite_desk.sam.get(path, params={"color": "red"}), 422)
        assert body["errors"] == [{"field": "color", "message": "There is no such parameter."}]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_a_body_must_be_json(sqlite_desk, kind):
    problem(sqlite_desk.sam.post("tickets", content=b'{"title": "x"}', headers={"Content-Type": kind}), 415)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b'{"title": NaN}', b"[" * 100_000])
def test_a_body_must_be_the_right_json(sqlite_desk, body):
    answer = sqlite_desk.sam.post("tickets", content=body, headers={"Content-Type": "application/json"})
    problem(answer, 400 if body.startswith(b"[[") else 422)


def test_bytes_that_are_no_text_are_refused(sqlite_desk):
    answer = sqlite_desk.sam.post(
        "tickets", content=b'{"title": "\xff"}', headers={"Content-Type": "application/json"}
    )
    problem(answer, 400)


def test_a_large_body_is_refused_whatever_its_length_claims(sqlite_desk):
    def stream():
        yield b'{"title": "'
        for _ in range(20):
            yield b"x" * 100_000

    headers = {"Content-Type": "application/json"}
    problem(sqlite_desk.sam.post("tickets", content=stream(), headers=headers), 413)


def test_too_many_requests_wait(sqlite_desk, monkeypatch):
    monkeypatch.setenv("DOCKET_API_REQUESTS_PER_MINUTE", "10")
    settings.current.cache_clear()
    assert [sqlite_desk.sam.get("me").status_code for _ in range(10)] == [200] * 10
    answer = sqlite_desk.sam.get("me")
    problem(answer, 429)
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert sqlite_desk.bob.get("me").status_code == 200


def test_a_bug_tells_a_reference_and_nothing_else(sqlite_desk, monkeypatch):
    from lib.catalog import statuses

    def burst(_session):
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(statuses, "list_all", burst)
    answer = sqlite_desk.sam.get("statuses")
    body = problem(answer, 500)
    assert (
        body["reference"] in body["detail"] and "secret" not in answer.text and "Error" not in body["detail"]
    )


def test_use_is_noted_once_a_minute(desk):
    from lib.transactions import see

    for _ in range(3):
        desk.sam.get("me")
    with see() as session:
        first = session.get_one(ApiToken, 1).used_at
    assert first is not None
    desk.sam.get("me")
    with see() as session:
        assert session.get_one(ApiToken, 1).used_at == first


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/v1/attachments", "multipart/form-data; boundary=x"),
        ("/api/v1/tickets", "application/json"),
        ("/auth/session", "application/json"),
    ],
)
def test_who_leaves_in_the_middle_of_a_request_leaves_no_traceback(sqlite_desk, path, kind):
    """An upload that its browser gives up is nobody's fault, and no error of the server."""
    token = sqlite_desk.token(sqlite_desk.company.rita)
    parts = [
        {
            "type": "http.request", "more_body": True,
            "body": b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"',
        },
        {"type": "http.disconnect"},
    ]  # fmt: skip
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"", "server": ("localhost", 8501),
        "client": ("127.0.0.1", 1),
        "headers": [
            (b"host", b"localhost:8501"), (b"content-type", kind.encode()),
            (b"authorization", f"Bearer {token}".encode()),
        ],
    }  # fmt: skip
    sent = []

    async def receive():
        return parts.pop(0) if parts else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    with capture_logs() as told, start_blocking_portal() as portal:
        portal.call(sqlite_desk.app, scope, receive, send)
    assert not [line for line in told if line["log_level"] == "error" or line.get("exc_info")]
    assert not [message for message in sent if message.get("status", 0) >= 500]
