"""Sign-in reaches the cookie, once per ticket, and nowhere but inside Docket."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_good_ticket_becomes_a_cookie_and_the_person_is_where_they_were(stage):
    page = stage.open("/sign-in?ticket=good-ticket&then=/sign-in?from=here")
    page.wait_for_url("**/sign-in?from=here")
    expect(page.get_by_text("Cookie: yes")).to_be_visible()
    assert stage.heard()["calls"] == [["session", "good-ticket"]]


def test_a_spent_ticket_is_refused_with_a_sentence_and_used_once_however_often_the_page_is_drawn(stage):
    page = stage.open("/sign-in?ticket=spent")
    expect(page.get_by_role("alert")).to_have_text("Signing in took too long. Please start again.")
    page.get_by_role("button", name="Again", exact=True).click()
    page.wait_for_timeout(500)
    assert stage.heard()["calls"] == [["session", "spent"]]


@pytest.mark.parametrize(
    "then",
    ["//example.org", "https://example.org", "/\\example.org", "/%09/example.org", "javascript:alert(1)"],
)
def test_nothing_outside_docket_is_opened_after_sign_in(stage, then):
    page = stage.open(f"/sign-in?ticket=good-ticket&then={then}")
    page.wait_for_url(stage.url + "/")


def test_a_lost_connection_is_said_and_can_be_tried_again(stage):
    stage.page.route("**/auth/session", lambda route: route.abort())
    page = stage.open("/sign-in?ticket=good-ticket&then=/reply")
    expect(page.get_by_role("alert")).to_contain_text("could not be reached")
    page.unroute("**/auth/session")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url("**/reply")


def test_sign_out_gives_up_the_cookie_and_leads_home(stage):
    page = stage.open("/sign-in?out=1")
    page.wait_for_url(stage.url + "/")
    assert ["sign-out", ""] in stage.heard()["calls"]
