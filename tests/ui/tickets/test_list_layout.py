"""The heading of a group leads to the list of that group alone, whatever the list was narrowed to."""

from urllib.parse import parse_qs, urlsplit

import pytest

from lib.lists.grouped_list import Group, Page
from ui.tickets import list_layout


def led(monkeypatch, by, one, *, view="", **kept):
    monkeypatch.setattr(list_layout, "group_from_url", lambda: by)
    [heading] = list_layout.build_headings(Page((one,), None), view, {"group": by, **kept})
    return {name: values[0] for name, values in parse_qs(urlsplit(heading.href).query).items()}


@pytest.mark.parametrize(
    ("by", "one", "kept", "line"),
    [
        ("status", Group(3, "In Progress", (), 4), {}, 'status:"In Progress" '),
        ("status", Group(3, "Blocked", (), 4), {"q": "printer status:a,b -status:c is:open"},
         "printer -status:c is:open status:Blocked "),
        ("priority", Group(4, "Urgent", (), 4), {"q": "lamp"}, "lamp priority:urgent "),
        ("category", Group(None, "No category", (), 4), {}, "category:none "),
        ("assignee", Group(None, "Unassigned", (), 4), {}, "assignee:none "),
        ("requester", Group(12, "Sam Reed", (), 4), {"q": "requester:sam"}, "requester:12 "),
    ],
)  # fmt: skip
def test_what_a_heading_leads_to(monkeypatch, by, one, kept, line):
    assert led(monkeypatch, by, one, show="open", sort="created", **kept) == {
        "show": "open", "sort": "created", "q": line,
    }  # fmt: skip


def test_a_view_that_says_it_too_gives_way(monkeypatch):
    one = Group(2, "Facilities", (), 4)
    asked = led(monkeypatch, "team", one, view="is:open team:mine assignee:none", show="unassigned", q="lamp")
    assert asked == {"show": "all", "q": "is:open assignee:none lamp team:Facilities "}


def test_a_count_is_capped_and_left_out_where_it_was_not_taken(monkeypatch):
    monkeypatch.setattr(list_layout, "group_from_url", lambda: "status")
    groups = (Group(1, "A", (), 1001), Group(2, "B", (), None))
    assert [heading.count for heading in list_layout.build_headings(Page(groups, None), "", {})] == [
        "1,000+",
        "",
    ]
