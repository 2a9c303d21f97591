"""Mails to look at, over the API."""

import pytest

from tests.api.conftest import problem


def test_an_administrator_looks_at_each_mail(desk):
    names = [each["name"] for each in desk.ada.get("mail-templates").json()["items"]]
    assert names == ["ticket", "digest", "invitation", "password", "trial", "address"]
    for name in names:
        letter = desk.ada.get(f"mail-templates/{name}").json()
        assert letter["subject"] and letter["text"] and letter["html"]
        page = desk.ada.get(f"mail-templates/{name}/html?scheme=dark")
        assert page.headers["content-type"].startswith("text/html") and "@media all" in page.text
        policy = page.headers["content-security-policy"]
        assert policy.startswith("sandbox;") and "default-src 'none'" in policy
        assert desk.ada.post(f"mail-templates/{name}/test").status_code == 204
    problem(desk.ada.get("mail-templates/none"), 404)
    problem(desk.ada.post("mail-templates/none/test"), 404)


@pytest.mark.parametrize("who", ["mona", "rita", "sam"])
def test_nobody_else_does(desk, who):
    client = getattr(desk, who)
    for path in ("mail-templates", "mail-templates/ticket", "mail-templates/ticket/html"):
        problem(client.get(path), 403)
    problem(client.post("mail-templates/ticket/test"), 403)
