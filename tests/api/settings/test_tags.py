"""Tags through the API."""

from tests.api.conftest import problem


def ask(client, **more):
    return client.post("tickets", json={"title": "The printer jams", **more}).json()["number"]


def test_tags_are_listed_renamed_merged_and_deleted(desk):
    number = ask(desk.rita, tags=["Printer", "print"])
    listed = {t["name"]: t for t in desk.rita.get("tags").json()["items"]}
    assert {name: t["tickets"] for name, t in listed.items()} == {"printer": 1, "print": 1}
    one, other = listed["print"]["id"], listed["printer"]["id"]
    renamed = desk.ada.patch(f"tags/{other}", json={"name": "Printing"})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "printing")
    problem(desk.ada.patch(f"tags/{one}", json={"name": "PRINTING"}), 422)
    assert desk.ada.delete(f"tags/{one}?successor={other}").status_code == 204
    assert desk.rita.get(f"tickets/{number}").json()["tags"] == ["printing"]
    assert desk.ada.delete(f"tags/{other}").status_code == 204
    made = desk.ada.post("tags", json={"name": "Ready"})
    assert (made.status_code, made.json()["tickets"]) == (201, 0)
    problem(desk.ada.delete("tags/99999"), 404)


def test_only_who_keeps_order_keeps_tags(desk):
    ask(desk.rita, tags=["printer"])
    for method, path, body in (
        ("POST", "tags", {"name": "x"}), ("PATCH", "tags/1", {"name": "x"}), ("DELETE", "tags/1", None),
        ("DELETE", "tags/99999", None),
    ):  # fmt: skip
        for client in (desk.sam, desk.rita, desk.mona):
            assert "system.manage" in problem(client.request(method, path, json=body), 403)["detail"]
    assert desk.sam.get("tags").json()["items"] == []
