"""The sign-in cookie: set and taken away here alone."""

import pytest
from sqlmodel import select

from db.models import SignIn
from db.vocabulary import Purpose
from lib import transactions
from lib.core import settings
from lib.identity import one_time_tokens
from lib.people import accounts
from lib.transactions import act, see
from tests import cast
from tests.api.conftest import problem


def handoff(actor):
    with act() as session:
        return one_time_tokens.create(session, Purpose.HANDOFF, person_id=actor.id)


def enter(client, ticket, **headers):
    return client.post("http://localhost:8501/auth/session", json={"ticket": ticket}, headers=headers)


def test_a_ticket_becomes_a_cookie_that_scripts_cannot_read(desk):
    client = desk.anyone()
    answer = enter(
        client, handoff(desk.company.sam), **{"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}
    )
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"]
    secret = cookie.partition("=")[2].partition(";")[0]
    assert cookie.startswith("docket=") and len(secret) >= 43
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=86400"} <= set(cookie.split("; "))
    assert "Secure" not in cookie and "Domain" not in cookie
    assert client.get("me").json()["name"] == "Sam Reed"
    with see() as session:
        row = session.exec(select(SignIn)).one()
        assert row.secret_hash != secret and row.browser == "Firefox on Linux"


def test_over_https_the_cookie_is_secure_and_bound_to_this_host(sqlite_desk, monkeypatch):
    monkeypatch.setenv("DOCKET_BASE_URL", "https://desk.example.org")
    settings.current.cache_clear()
    cookie = enter(sqlite_desk.anyone(), handoff(sqlite_desk.company.sam)).headers["set-cookie"]
    assert cookie.startswith("__Host-docket=") and "Secure" in cookie


def test_a_ticket_works_once(desk):
    ticket = handoff(desk.company.sam)
    assert enter(desk.anyone(), ticket).status_code == 204
    assert "set-cookie" not in enter(desk.anyone(), ticket).headers
    problem(enter(desk.anyone(), ticket), 401)


@pytest.mark.parametrize("ticket", ["", "x", None, 7, "\u20ac", ["a"], "\x00"])
def test_what_is_no_ticket_signs_nobody_in(sqlite_desk, ticket):
    problem(enter(sqlite_desk.anyone(), ticket), 401)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff", b"[" * 3000])
def test_what_is_no_json_signs_nobody_in(sqlite_desk, body):
    problem(sqlite_desk.anyone().post("http://localhost:8501/auth/session", content=body), 401)


def test_a_long_body_is_refused(sqlite_desk):
    problem(sqlite_desk.anyone().post("http://localhost:8501/auth/session", content=b"x" * 5000), 413)


def test_the_session_from_before_ends(desk):
    before = desk.browser(desk.company.sam)
    old = before.cookies["docket"]
    assert enter(before, handoff(desk.company.rita)).status_code == 204
    stale = desk.anyone()
    stale.cookies.set("docket", old)
    problem(stale.get("me"), 401)
    before.cookies.delete("docket", domain="")
    assert before.get("me").json()["name"] == "Rita Sosa"


def test_a_person_disabled_meanwhile_is_not_let_in(desk):
    ticket = handoff(desk.company.sam)
    with act() as session:
        accounts.disable(session, desk.company.ada, cast.get_person(session, desk.company.sam))
    problem(enter(desk.anyone(), ticket), 401)


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.test"}],
)
@pytest.mark.parametrize("path", ["session", "sign-out"])
def test_another_site_signs_nobody_in_or_out(sqlite_desk, path, headers):
    client = sqlite_desk.browser(sqlite_desk.company.sam)
    del client.headers["Sec-Fetch-Site"]
    body = {"ticket": handoff(sqlite_desk.company.bob)}
    answer = client.post(f"http://localhost:8501/auth/{path}", json=body, headers=headers)
    problem(answer, 403)
    assert "set-cookie" not in answer.headers
    assert client.get("me").json()["name"] == "Sam Reed"


def test_signing_out_ends_the_session_and_takes_the_cookie(desk):
    client = desk.browser(desk.company.sam)
    old = client.cookies["docket"]
    answer = client.post("http://localhost:8501/auth/sign-out")
    assert answer.status_code == 204 and "Max-Age=0" in answer.headers["set-cookie"]
    again = desk.anyone()
    again.cookies.set("docket", old)
    problem(again.get("me"), 401)


def test_signing_out_twice_is_fine(sqlite_desk):
    assert sqlite_desk.anyone().post("http://localhost:8501/auth/sign-out").status_code == 204


@pytest.mark.parametrize("number", ["12", "0012"])
def test_a_short_link_leads_to_the_ticket(sqlite_desk, number):
    answer = sqlite_desk.anyone().get(f"http://localhost:8501/t/{number}")
    assert (answer.status_code, answer.headers["location"]) == (302, "/ticket?id=12")


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "%D9%A3", "9" * 5000, "1%0d%0aX:1"])
def test_a_short_link_leads_nowhere_else(sqlite_desk, number):
    problem(sqlite_desk.anyone().get(f"http://localhost:8501/t/{number}"), 404)


def test_health_needs_no_sign_in(desk):
    answer = desk.anyone().get("http://localhost:8501/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_health_says_that_the_database_is_away(sqlite_desk, monkeypatch, tmp_path):
    from db import engine as engines

    away = engines.connect(f"sqlite:///{tmp_path}/no/such/folder.db")
    monkeypatch.setattr(transactions, "_engine", away)
    answer = sqlite_desk.anyone().get("http://localhost:8501/healthz")
    assert answer.status_code == 503 and answer.json()["reason"] == "The database can't be reached."


def test_guessing_tickets_is_slowed_down(sqlite_desk, monkeypatch):
    monkeypatch.setenv("DOCKET_API_REQUESTS_PER_MINUTE", "10")
    settings.current.cache_clear()
    client = sqlite_desk.anyone()
    answers = [enter(client, f"guess{n}").status_code for n in range(12)]
    assert answers == [401] * 10 + [429] * 2
