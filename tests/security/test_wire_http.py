"""What a stranger's browser, page or script gets from a real server: paths, headers, other sites, logs."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from sqlalchemy import text

from db.vocabulary import Purpose
from lib import transactions
from lib.identity import api_tokens, one_time_tokens
from lib.people import accounts
from lib.transactions import act
from tests import cast
from tests.support import wire
from tests.support.house import RunningDesk, set_up
from tests.support.wire import CONNECTION_REFUSED, Tab, enter_text, press_button

HTTPS = "https://desk.example.org"
STRICT = {
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "x-frame-options",
}


@pytest.fixture(scope="module")
def house_built(server, databases) -> RunningDesk:
    url = databases.fresh("sqlite")
    return set_up(
        server(DOCKET_DATABASE_URL=url, DOCKET_API_REQUESTS_PER_MINUTE="6000", DOCKET_LOG_LEVEL="debug"), url
    )


@pytest.fixture
def house(house_built) -> RunningDesk:
    return house_built.here()


@pytest.fixture(scope="module")
def sealed_built(server, databases) -> RunningDesk:
    """Docket as people reach it over https."""
    url = databases.fresh("sqlite")
    return set_up(server(DOCKET_DATABASE_URL=url, DOCKET_BASE_URL=HTTPS), url)


@pytest.fixture
def sealed(sealed_built) -> RunningDesk:
    return sealed_built.here()


def raw(
    house: RunningDesk, line: str, *more: str, body: bytes = b"", patience: float = 10
) -> tuple[int, str, bytes]:
    """Send a request as it is written, and return status, headers and body."""
    host, port = httpx.URL(house.url).host, httpx.URL(house.url).port or 0
    lines = [f"{line} HTTP/1.1", "Connection: close", *more]
    if not any(m.lower().startswith("host:") for m in more):
        lines.insert(1, f"Host: {host}:{port}")
    with socket.create_connection((host, port), timeout=patience) as connection:
        connection.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
        got = b""
        while part := connection.recv(65536):
            got += part
    head, _, rest = got.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode("latin-1"), rest


CLOSED = (
    "/_stcore/upload_file/a/b", "/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent/mcp",
    "/_stcore/agent/interact", "/_stcore/agent/openapi.json", "/media/a.png", "/auth/login", "/auth/logout",
    "/oauth2callback",
)  # fmt: skip


class TestClosedPaths:
    @pytest.mark.parametrize("path", CLOSED)
    def test_no_method_opens_them(self, house, path):
        for method in ("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE"):
            status, _, body = raw(house, f"{method} {path}")
            assert status in {401, 404, 405}, (method, path)
            assert len(body) < 100

    @pytest.mark.parametrize(
        "way",
        [
            "/{}", "//_stcore/{}", "/%5fstcore/{}", "/%5Fstcore/{}", "/_stcore/{}/", "/_STCORE/{}", "/_stcore/./{}",
            "/x/../_stcore/{}", "/_stcore%2f{}", "/_stcore//{}", "/_stcore/{};a", "/..;/_stcore/{}", "/_stcore/{}?a",
            "/_stcore/{}%00", "/\\_stcore/{}", "/%2f_stcore/{}", "/_stcore/%2e/{}", "http://x/_stcore/{}",
        ],
    )  # fmt: skip
    def test_no_spelling_walks_around(self, house, way):
        for what in ("metrics", "upload_file/a/b", "agent/mcp"):
            for method in ("GET", "PUT"):
                status, head, body = raw(house, f"{method} {way.format(what)}", body=b"")
                page = status == 200 and b"<title>Streamlit</title>" in body  # the page without data
                assert page or status in {301, 307, 308, 400, 404, 405, 421}, (method, way, status, body[:80])
                assert b"# TYPE" not in body
                assert "location: //" not in head.lower()

    def test_nothing_is_kept_for_strangers(self, house):
        with wire.open_client(house.url) as browser:
            assert browser.put("/_stcore/upload_file/a/b", files={"file": b"x" * 1000}).status_code == 404
        with wire.open_client(house.url, cast.sign_in(house.people.sam)) as browser:
            assert browser.put("/_stcore/upload_file/a/b", files={"file": b"x" * 1000}).status_code == 404

    def test_nothing_lies_in_the_media_folder(self, house):
        with wire.open_client(house.url, cast.sign_in(house.people.sam)) as browser:
            answer = browser.get("/media/nothing.png")
        assert (answer.status_code, answer.text) == (404, "Page not found.")

    def test_no_other_site_may_steer_a_page(self, house):
        assert httpx.get(f"{house.url}/_stcore/host-config").json()["allowedOrigins"] == []

    @pytest.mark.parametrize(
        "path",
        ["/app.py", "/main.py", "/pages/admin/people.py", "/.streamlit/config.toml", "/data/docket.db"],
    )
    def test_no_file_of_the_server_is_served(self, house, path):
        for way in (
            path,
            f"/..{path}",
            f"/%2e%2e{path}",
            f"/_stcore/bidi-components/docket.writer/../../..{path}",
        ):
            _, _, body = raw(house, f"GET {way}")
            assert b"import" not in body[:400]
            assert b"[server]" not in body
            assert b"SQLite format" not in body


class TestHostAndOrigin:
    @pytest.mark.parametrize(
        "host", ["evil.test", "localhost.evil.test", "", "evil.test:8501", "[::1", "a@evil.test"]
    )
    def test_a_name_that_is_not_ours_is_refused(self, house, host):
        status, _, _ = raw(house, "GET /", f"Host: {host}")
        assert status in {400, 421}

    def test_a_page_is_not_opened_under_such_a_name(self, house):
        for host in ("evil.test", "localhost.evil.test", "evil.test:8501"):
            with pytest.raises(CONNECTION_REFUSED):
                Tab(house.url, host=host, origin=f"http://{host}")

    @pytest.mark.parametrize(
        "origin",
        [
            "http://evil.test",
            "null",
            "http://localhost:1",
            "http://127.0.0.1:1",
            "https://localhost",
            "file://",
        ],
    )
    def test_no_other_site_opens_a_page(self, house, origin):
        with pytest.raises(CONNECTION_REFUSED):
            Tab(house.url, cookie=cast.sign_in(house.people.sam), origin=origin)

    def test_over_https_the_scheme_counts(self, sealed):
        host = "desk.example.org"
        with pytest.raises(CONNECTION_REFUSED):
            Tab(sealed.url, host=host, origin=f"http://{host}")
        with Tab(sealed.url, host=host, origin=HTTPS) as tab:
            assert "Sign in" in tab.run()

    @pytest.mark.parametrize(
        "from_where",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "none"},
            {"Sec-Fetch-Site": ""},
            {"Origin": "http://evil.test"},
            {"Origin": "null"},
            {"Origin": "http://localhost.evil.test"},
        ],
    )
    def test_no_other_site_changes_anything(self, house, from_where):
        cookie = cast.sign_in(house.people.sam)
        with act() as session:
            ticket = one_time_tokens.create(session, Purpose.HANDOFF, person_id=house.people.bob.id)
        with httpx.Client(base_url=house.url, cookies={"docket": cookie}, headers=from_where) as other:
            signed_in = other.post("/auth/session", content=f'{{"ticket": "{ticket}"}}')
            out = other.post("/auth/sign-out")
            made = other.post("/api/v1/tickets", json={"title": "Not mine"})
            upload = other.post("/api/v1/attachments", files={"file": b"x"})
            gone = other.delete("/api/v1/drafts/new-ticket")
        assert [a.status_code for a in (signed_in, out, made, upload, gone)] == [403] * 5
        assert "set-cookie" not in signed_in.headers
        with wire.open_client(house.url, cookie) as browser:
            assert browser.get("/api/v1/me").json()["name"] == house.people.sam.name

    def test_reading_changes_nothing(self, house):
        cookie = cast.sign_in(house.people.sam)
        with wire.open_client(house.url, cookie) as browser:
            for path in ("/auth/sign-out", "/auth/session"):
                browser.get(path)
                browser.head(path)
            assert browser.get("/api/v1/me").status_code == 200

    def test_no_answer_invites_another_site_to_read_it(self, house):
        cookie = cast.sign_in(house.people.sam)
        for path in (
            "/",
            "/api/v1/me",
            "/_stcore/health",
            "/_stcore/host-config",
            "/healthz",
            "/auth/session",
        ):
            for method in ("GET", "OPTIONS"):
                origin = {"Origin": "http://evil.test", "Cookie": f"docket={cookie}"}
                answer = httpx.request(method, f"{house.url}{path}", headers=origin)
                assert "access-control-allow-origin" not in answer.headers, path


class TestHeaders:
    def paths(self, house, sam):
        with wire.open_client(house.url, sam) as browser:
            file = browser.post("/api/v1/attachments", files={"file": ("a.txt", b"words")}).json()["id"]
        script = re.search(r'src="\.?(/static/js/[^"]+)"', httpx.get(house.url).text)
        assert script
        return {
            "page": "/", "ticket": f"/ticket?id={house.sams}", "script": script[1], "icon": "/favicon.png",
            "api": "/api/v1/me", "missing": "/api/v1/nothing", "file": f"/api/v1/attachments/{file}",
            "short": f"/t/{house.sams}", "no-short": "/t/x", "closed": "/_stcore/metrics", "slash": "/a/",
            "bad": "/a/..%5c..%5c", "healthz": "/healthz", "probe": "/_stcore/health",
            "component": "/_stcore/bidi-components/docket.writer/writer.js",
        }  # fmt: skip

    def test_every_answer_is_strict(self, house):
        sam = cast.sign_in(house.people.sam)
        with wire.open_client(house.url, sam) as browser:
            for name, path in self.paths(house, sam).items():
                headers = browser.get(path).headers
                assert set(headers) >= STRICT, (name, STRICT - set(headers))
                assert headers["x-content-type-options"] == "nosniff"
                assert "server" not in headers
                assert "x-powered-by" not in headers
                assert "strict-transport-security" not in headers
                policy = headers["content-security-policy"]
                assert "'unsafe-eval'" not in policy
                assert "frame-ancestors" in policy or policy.startswith("sandbox")
                assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]

    def test_what_holds_data_is_not_stored(self, house):
        sam = cast.sign_in(house.people.sam)
        paths = self.paths(house, sam)
        with wire.open_client(house.url, sam) as browser:
            for name in ("api", "missing", "file", "short", "healthz"):
                assert browser.get(paths[name]).headers.get("cache-control") == "no-store", name

    def test_over_https_browsers_are_told_to_stay_there(self, sealed):
        answer = httpx.get(sealed.url, headers={"Host": "desk.example.org"})
        assert "max-age=31536000" in answer.headers["strict-transport-security"]

    def test_over_https_the_cookie_is_bound_to_it(self, sealed):
        with act() as session:
            ticket = one_time_tokens.create(session, Purpose.HANDOFF, person_id=sealed.people.bob.id)
        headers = {"Host": "desk.example.org", "Origin": HTTPS, "Sec-Fetch-Site": "same-origin"}
        answer = httpx.post(f"{sealed.url}/auth/session", json={"ticket": ticket}, headers=headers)
        cookie = answer.headers["set-cookie"].split("; ")
        assert cookie[0].startswith("__Host-docket=")
        assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(cookie)
        secret = cookie[0].partition("=")[2]
        for name, status in (("__Host-docket", 200), ("docket", 401)):
            me = httpx.get(f"{sealed.url}/api/v1/me", headers={**headers, "Cookie": f"{name}={secret}"})
            assert me.status_code == status
        with act() as session:
            ticket = one_time_tokens.create(session, Purpose.HANDOFF, person_id=sealed.people.bob.id)
        http = {**headers, "Origin": "http://desk.example.org"}
        del http["Sec-Fetch-Site"]
        assert (
            httpx.post(f"{sealed.url}/auth/session", json={"ticket": ticket}, headers=http).status_code == 403
        )

    @pytest.mark.parametrize(
        "path",
        ["/t/%2f%2fevil.test", "/t/1%0d%0aSet-Cookie:x=y", "/t/-1", "/t/²", "/t/1.5", "/t/99999999999", "/evil.test//",
         "//evil.test/", "/%2fevil.test/", "/\\evil.test/", "/t/1?next=//evil.test"],
    )  # fmt: skip
    def test_no_answer_leads_elsewhere(self, house, path):
        _, head, _ = raw(house, f"GET {path}".encode().decode("latin-1"))
        found = re.search(r"(?im)^location: (.*)$", head)
        where = found[1].strip() if found else "/"
        assert re.match(r"/(?![/\\])", where), where
        assert "set-cookie: x" not in head.lower()

    @pytest.mark.parametrize(
        "asked",
        [
            "//evil.test",
            "/\\evil.test",
            "https://x@evil.test",
            "javascript:alert(1)",
            "https:evil.test",
            "%2f%2fevil.test",
        ],
    )
    def test_signing_in_leads_nowhere_else(self, house, asked):
        with Tab(house.url) as tab:
            page = tab.run("", query=f"next={asked}&then={asked}&url={asked}")
            done = tab.run(
                query=f"next={asked}",
                widgets=[
                    enter_text(page.widget("Email"), house.people.sam.email),
                    enter_text(page.widget("Password"), cast.PASSWORD),
                    press_button(page.widget("Sign in")),
                ],
            )
        assert wire.get_component_data(done.component("handoff"))["next"] == "/"


class TestLogs:
    """Nothing that opens a door, and nothing that people wrote, stands in what the server says."""

    def test_they_hold_no_secret(self, house):
        people, canaries = house.people, {}
        with Tab(house.url) as tab:
            wrong = wire.sign_in(tab, "canary-stranger@example.org", "canary-wrong-password")
            assert "Wrong email address or password" in wrong
            canaries["stranger"], canaries["wrong password"] = "canary-stranger", "canary-wrong-password"
            canaries["hand-off"] = wire.get_handoff_ticket(wire.sign_in(tab, people.sam.email, cast.PASSWORD))
            canaries["session id"] = tab.session_id
        with wire.open_client(house.url) as browser:
            answer = browser.post("/auth/session", json={"ticket": canaries["hand-off"]})
        canaries["cookie"] = answer.cookies["docket"]
        canaries["password"], canaries["email"] = cast.PASSWORD, people.sam.email
        with act() as session:
            canaries["token"] = api_tokens.create(session, people.ada, name="t", scope="admin")[1]
            account = cast.get_person(session, people.kim)
            canaries["link"] = accounts.create_password_secret(session, people.ada, account)
        with httpx.Client(
            base_url=house.url, headers={"Authorization": f"Bearer {canaries['token']}"}
        ) as program:
            made = program.post(
                "/api/v1/tickets", json={"title": "canary-title", "description": "canary-description"}
            ).json()
            program.post(f"/api/v1/tickets/{made['number']}/comments", json={"body": "canary-comment"})
            program.post("/api/v1/tickets", json={"title": ["canary-title"], "canary-field": "canary-value"})
            program.post("/api/v1/people", json={"email": "canary-mail", "name": 1, "role": "x"})
        canaries |= {
            name: name for name in ("canary-title", "canary-description", "canary-comment", "canary-value")
        }
        with Tab(house.url) as tab:
            for query in (f"token={canaries['link']}", "token=canary-guess"):
                tab.run("set-password", query=query)
                httpx.get(f"{house.url}/set-password?{query}")
                httpx.get(f"{house.url}/t/x?{query}")
        with Tab(house.url, cookie=canaries["cookie"], resume=canaries["session id"]) as tab:
            tab.run("ticket", query=f"id={made['number']}")
            canaries["second session id"] = tab.session_id
            with Tab(house.url, cookie=canaries["cookie"], resume=tab.session_id) as again:
                again.run()
            with Tab(house.url, resume=tab.session_id) as thief:
                thief.run()
                thief.socket.send(b"\xff\xff\xff")
        with Tab(house.url, cookie=canaries["cookie"]) as tab:
            tab.run("new")
            with broken():
                page = tab.run("", query="q=canary-search")
                with httpx.Client(base_url=house.url, cookies={"docket": canaries["cookie"]}) as browser:
                    assert browser.get("/api/v1/tickets?q=canary-search").status_code == 500
            assert "Something went wrong" in page
            assert "no such table" not in page
        canaries["search"], canaries["guess"] = "canary-search", "canary-guess"
        time.sleep(0.5)
        said = house.server.said()
        assert "page failed" in said
        assert "api.failed" in said
        assert [name for name, words in canaries.items() if words in said] == []
        assert "Traceback (most recent call last):\n" not in said, "each line is one event"


@contextmanager
def broken() -> Iterator[None]:
    """Take a table away for a while, so that every list fails."""

    def rename(one: str, other: str) -> None:
        with transactions.engine().begin() as connection:
            connection.execute(text(f"ALTER TABLE {one} RENAME TO {other}"))

    rename("category", "category_gone")
    try:
        yield
    finally:
        rename("category_gone", "category")
