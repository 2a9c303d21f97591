"""Which scope of a token each route takes: the whole table by hand, and each route asked with each token."""

import re

import pytest

import api
from api.shared import scopes
from tests import cast
from tests.api.conftest import problem

# Tickets and what belongs to them may be read by `read` and changed by `write`; what tickets refer to may be read; the
# owner's account, and all that others keep, takes `admin`.
BY_HAND = {
    "read": """
        GET /activities
        GET /attachments/{id}
        GET /attachments/{id}/preview
        GET /canned-replies
        GET /categories
        GET /comments/{id}
        GET /docs
        GET /drafts/{slot}
        GET /fields
        GET /me
        GET /me/timer
        GET /notifications
        GET /notifications/count
        GET /openapi.json
        GET /people
        GET /people/{id}
        GET /people/{id}/absences
        GET /people/{id}/skills
        GET /search
        GET /similar
        GET /status-times
        GET /statuses
        GET /tags
        GET /teams
        GET /tickets
        GET /tickets/export
        GET /tickets/{number}
        GET /tickets/{number}/assignees
        GET /tickets/{number}/canned-replies
        GET /tickets/{number}/comments
        GET /tickets/{number}/events
        GET /tickets/{number}/links
        GET /tickets/{number}/mentionable
        GET /tickets/{number}/participants
        GET /tickets/{number}/participants/{person}
        GET /tickets/{number}/seen
        GET /tickets/{number}/stays
        GET /tickets/{number}/time
        GET /tickets/{number}/watchers
        GET /tickets/{number}/watchers/me
        GET /time-entries
        GET /time-entries/{id}
        GET /time-report
        GET /time-week
        GET /views
        GET /workflow
    """,
    "write": """
        POST /attachments
        DELETE /attachments/{id}
        PATCH DELETE /comments/{id}
        PATCH DELETE /drafts/{slot}
        PUT DELETE /me/timer
        POST /notifications/read
        PUT DELETE /notifications/{id}/read
        PUT /notifications/{id}/snooze
        POST /preview
        POST /tickets
        POST /tickets/bulk
        POST /tickets/bulk/{batch}/undo
        PATCH DELETE /tickets/{number}
        PUT DELETE /tickets/{number}/assignee
        POST /tickets/{number}/comments
        PUT /tickets/{number}/estimate
        POST DELETE /tickets/{number}/links
        POST /tickets/{number}/mentions
        POST /tickets/{number}/merge
        PUT DELETE /tickets/{number}/mute
        PUT DELETE /tickets/{number}/participants/{person}
        PUT /tickets/{number}/place
        PUT DELETE /tickets/{number}/seen
        PUT /tickets/{number}/status
        POST /tickets/{number}/take
        POST DELETE /tickets/{number}/timer
        POST /tickets/{number}/unmerge
        PUT DELETE /tickets/{number}/watchers/me
        POST /time-entries
        PATCH DELETE /time-entries/{id}
        PUT /time-week
    """,
    "admin": """
        POST /categories/{id}/restore
        POST /people/{id}/disable
        POST /rates/{id}/restore
        POST /statuses/{id}/restore
        POST /activities
        PATCH DELETE /activities/{id}
        GET /audit
        POST /canned-replies
        PATCH DELETE /canned-replies/{id}
        POST /categories
        PATCH DELETE /categories/{id}
        GET /category-proposals
        DELETE /category-proposals/{id}
        POST /category-proposals/{id}/accept
        POST /fields
        PATCH DELETE /fields/{id}
        GET /mail-templates
        GET /mail-templates/{name}
        GET /mail-templates/{name}/html
        POST /mail-templates/{name}/test
        GET PUT /me/preferences
        GET /me/sessions
        DELETE /me/sessions/{id}
        GET /metrics
        GET PATCH DELETE /notice-rules
        POST /people
        PATCH /people/{id}
        POST /people/{id}/absences
        DELETE /people/{id}/absences/{absence}
        POST /people/{id}/password-link
        PUT /people/{id}/skills
        GET POST /rates
        GET /settings
        PATCH /settings/{name}
        DELETE /rates/{id}
        GET /roles
        POST /statuses
        PATCH DELETE /statuses/{id}
        POST /tags
        PATCH DELETE /tags/{id}
        POST /teams
        PATCH DELETE /teams/{id}
        PUT DELETE /teams/{id}/members/{person}
        GET PUT DELETE /teams/{id}/slack
        PUT /time-months
        GET POST /tokens
        DELETE /tokens/{id}
        POST /views
        PATCH DELETE /views/{id}
        PUT /workflow
    """,
}
TABLE = {
    (method, line.split()[-1]): scope
    for scope, lines in BY_HAND.items()
    for line in lines.strip().splitlines()
    for method in line.split()[:-1]
}


def operations():
    return {
        (m.upper(), path): o for path, all_ in api.app().openapi()["paths"].items() for m, o in all_.items()
    }


def test_every_route_is_in_the_table_and_says_its_scope():
    assert {key: operation["x-token-scope"] for key, operation in operations().items()} == TABLE


@pytest.mark.parametrize("scope", scopes.SCOPE_ORDER)
def test_every_route_lets_through_just_the_scopes_of_the_table(sqlite_desk, scope):
    """Asked for what isn't there and with nothing to change: a refusal by scope comes before all that."""
    number = cast.create_ticket(sqlite_desk.company.ada)
    client = sqlite_desk.through(sqlite_desk.token(sqlite_desk.company.ada, scope))
    wrong = []
    for (method, path), least in sorted(TABLE.items()):
        where = re.sub(
            r"\{\w+\}", "99999", path.replace("{number}", str(number)) if method == "GET" else path
        )
        answer = client.request(method, where.lstrip("/"))
        refused = answer.status_code == 403 and "token's scope" in answer.json()["detail"]
        if refused != (scopes.SCOPE_ORDER.index(scope) < scopes.SCOPE_ORDER.index(least)):
            wrong.append((method, path, answer.status_code))
        assert answer.status_code != 500
    assert wrong == []


def test_a_page_with_its_cookie_is_bound_by_no_scope(sqlite_desk):
    browser = sqlite_desk.browser(sqlite_desk.company.rita)
    assert browser.get("me/sessions").is_success and browser.get("tokens").is_success


def test_what_a_token_may_not_do_to_its_owner_s_account(desk):
    """A read token told where its owner is signed in; a write token could change where they are told of tickets."""
    for scope in ("read", "write"):
        client = desk.through(desk.token(desk.company.rita, scope))
        desk.browser(desk.company.rita)
        for method, path, form in (
            ("GET", "me/sessions", None),
            ("GET", "me/preferences", None),
            ("PUT", "me/preferences", {"slack_id": "U0EVIL"}),
            ("DELETE", "me/sessions/1", None),
            ("GET", "tokens", None),
            ("DELETE", "tokens/1", None),
            ("POST", "tokens", {"name": "more", "scope": "admin"}),
        ):
            assert "scope" in problem(client.request(method, path, json=form), 403)["detail"]
    rita = desk.through(desk.token(desk.company.rita, "admin"))
    assert rita.get("me/preferences").json()["slack_id"] != "U0EVIL"


def test_a_new_route_must_say_its_scope():
    with pytest.raises(LookupError, match="gadgets"):
        scopes.get_required_scope("GET", "/gadgets/{id}")
