"""The documents say what there is: each permission, action, setting, page and route has its line."""

import re
from pathlib import Path

import click
import pytest

from api.app.application import app
from api.people.roles import to_permission_scopes
from api.shared import scopes
from commands.shell.group import docket
from db import seeds
from db.vocabulary import Action, Permission, Scope
from lib.access import gate, roles
from lib.catalog import ticket_fields
from lib.core.settings import Settings
from lib.lists import bulk
from lib.tickets import field_verbs
from ui.shell import menu
from web.moved_pages import NEW_ADDRESSES
from worker import scheduler

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
DOCUMENTS = [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md"))]
LETTERS = {"\N{EN DASH}": Scope.NONE, "O": Scope.OWN, "T": Scope.TEAM, "A": Scope.ALL}
METHODS = {"get", "post", "put", "patch", "delete"}


def rows(name: str) -> list[list[str]]:
    """Every row of every table in a document, as its cells."""
    lines = (DOCS / name).read_text().splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


def named(name: str) -> dict[str, list[str]]:
    """The rows whose first cell is `code`, by that name; a name twice is a mistake."""
    found: dict[str, list[str]] = {}
    for first, *rest in rows(name):
        if match := re.fullmatch(r"`([\w.]+)`", first):
            assert match[1] not in found, f"{match[1]} has two lines in {name}"
            found[match[1]] = rest
    return found


def test_the_matrix_of_permissions_is_what_a_new_desk_begins_with():
    header = next(row for row in rows("permissions.md") if row[0] == "permission")
    assert header[2:] == list(seeds.ROLES)
    told = {p: cells for p, cells in named("permissions.md").items() if "." in p and len(cells) == 5}
    assert set(told) == {p.value for p in Permission}
    for permission in Permission:
        letters = [LETTERS[cell] for cell in told[permission.value][1:]]
        begun = [role.get(permission, Scope.NONE) for role in seeds.ROLES.values()]
        assert letters == begun, permission


def test_what_is_said_of_confidential_tickets_is_what_the_table_says():
    told = re.search(
        r"Of the built-in roles, only (.+?) reaches beyond", (DOCS / "permissions.md").read_text()
    )
    beyond = {
        name
        for name, role in seeds.ROLES.items()
        if role.get(Permission.TICKET_CONFIDENTIAL, Scope.NONE) > Scope.OWN
    }
    assert told and set(re.findall(r"`(\w+)`", told[1])) == beyond
    new_ticket = (ROOT / "pages" / "desk" / "new_ticket.py").read_text()
    assert [name for name in seeds.ROLES if f"team's {name}s can see it" in new_ticket] == sorted(beyond)


def test_what_is_said_of_tokens_is_what_the_gate_does():
    told = named("permissions.md")
    assert set(re.findall(r"`([\w.]+)`", told["read"][0])) == {p.value for p in gate.READ_PERMISSIONS}
    assert set(re.findall(r"`([\w.]+)`", told["write"][0])) == {p.value for p in gate.ADMIN_PERMISSIONS}
    assert [name for name in told if name in scopes.SCOPE_ORDER] == list(scopes.SCOPE_ORDER)


def test_what_nothing_asks_for_is_neither_shown_nor_promised():
    for permission in roles.PLANNED:
        assert named("permissions.md")[permission.value][0].startswith("not used yet")
        used = [
            path
            for folder in ("api", "lib", "pages", "ui", "worker")
            for path in (ROOT / folder).rglob("*.py")
            if permission.name in path.read_text() and path.name != "roles.py"
        ]
        assert used == [], "it does something by now, so show it"
        assert permission.value not in to_permission_scopes(dict.fromkeys(Permission, Scope.ALL))


def test_each_page_that_the_api_s_document_names_is_there():
    named_pages = re.findall(r"\bpages?\s+\*([^*]+)\*", (DOCS / "api.md").read_text())
    assert named_pages and set(named_pages) <= {entry.title for entry in menu.ENTRIES}


def test_each_permission_has_words_for_the_pages():
    assert set(roles.DESCRIPTIONS) == set(Permission)


def test_each_action_has_its_line_and_no_line_is_left_over():
    told = {name for name in named("events.md") if "." in name}
    assert told == {a.value for a in Action}
    assert all(all(cells) and len(cells) == 3 for name, cells in named("events.md").items() if "." in name)


def test_each_setting_has_its_line_and_no_line_is_left_over():
    told = {name: cells for name, cells in named("settings.md").items() if name.startswith("DOCKET_")}
    assert set(told) == {f"DOCKET_{name.upper()}" for name in Settings.model_fields}
    for name, cells in told.items():
        assert len(cells) == 4, name
        assert all(cells), name
        default = Settings.model_fields[name.removeprefix("DOCKET_").lower()].default
        if isinstance(default, int | str):
            assert f"`{default}`" in cells[1], f"{name} has the default {default}"


def test_the_menu_knows_every_page_and_no_other():
    files = {str(path.relative_to(ROOT / "pages").with_suffix("")) for path in (ROOT / "pages").rglob("*.py")}
    assert {entry.path for entry in menu.ENTRIES} == files


@pytest.mark.parametrize("entry", menu.ENTRIES, ids=lambda entry: entry.title)
def test_each_page_is_told_of_in_a_guide_by_its_name_and_address(entry):
    guides = "".join((DOCS / f"{name}-guide.md").read_text() for name in ("user", "administrator"))
    address = "/t/" if entry.url == "ticket" else f"(`/{entry.url}`)"
    assert address in guides, f"no guide tells of {entry.title} at {address}"
    assert entry.title in guides


def test_each_page_that_moved_is_listed_with_its_new_address():
    moved = [row for row in rows("operations.md") if row[0].startswith("`/")]
    assert {old.strip("`/"): new.strip("`/") for old, new in moved} == NEW_ADDRESSES


def test_each_periodic_task_is_listed_with_its_interval():
    units = {"minute": 60, "minutes": 60, "hour": 3600, "hours": 3600}
    intervals = [
        (row[0], re.fullmatch(r"(\d+) (\w+)", row[1])) for row in rows("operations.md") if len(row) == 3
    ]
    listed = {name: int(found[1]) * units[found[2]] for name, found in intervals if found}
    assert listed == {task.name: task.every.total_seconds() for task in scheduler.TASKS}


def test_each_command_is_listed():
    cells = [row[0] for row in rows("operations.md")]
    listed = {found[1] for cell in cells if (found := re.match(r"`([a-z]+)[ `]", cell))}
    assert listed >= set(docket.list_commands(click.Context(docket)))


def routes() -> list[tuple[str, str]]:
    return [
        (method.upper(), path)
        for path, methods in app().openapi()["paths"].items()
        for method in methods
        if method in METHODS
    ]


def test_each_route_of_the_api_is_told_of():
    """A line names the path as a whole in code, with its methods before it: `GET·POST /tickets`."""
    document = DOCS / "api.md"
    assert document.exists(), "docs/api.md tells of the API"
    lines = re.sub(r"\{[\w ]+\}", "{}", document.read_text()).splitlines()

    def told(method, path):
        plain = re.escape(re.sub(r"\{\w+\}", "{}", path.removeprefix("/api/v1")))
        return any(
            re.search(rf"{plain}(?![\w/{{])", line) and re.search(rf"\b{method}\b", line) for line in lines
        )

    assert len(routes()) > 100
    assert [f"{method} {path}" for method, path in routes() if not told(method, path)] == []


def anchors(document: Path) -> set[str]:
    """The names under which a document's headings can be linked."""
    heads = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    for target in re.findall(r"(?<!`)\]\(([^)\s]+)\)", document.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (document.parent / file).resolve() if file else document
        assert there.exists(), f"{document.name} links to {target}"
        assert there.is_relative_to(ROOT), target
        if anchor:
            assert anchor in anchors(there), f"{document.name} links to {target}"


def commands() -> list[tuple[str, str]]:
    """Every `python3 manage.py …` in the documents, with the document."""
    found = []
    for document in DOCUMENTS:
        for line in re.findall(r"manage\.py((?: [^\s`#\n]+)*)", document.read_text()):
            found.append((document.name, line.strip()))
    return found


@pytest.mark.parametrize(("document", "line"), sorted(set(commands())))
def test_each_command_in_the_documents_exists(document, line):
    words = [word for word in line.split() if not word.startswith("…")]
    known: click.Command = docket
    context = click.Context(known)
    while words and isinstance(known, click.Group):
        if words[0].startswith("-"):
            break
        found = known.get_command(context, words[0])
        assert found is not None, f"{document} names the command {words[0]}"
        known, words = found, words[1:]
    if isinstance(known, click.Group) and not words:
        return
    if isinstance(known, click.Group):
        known = known.get_command(context, "run") or known
    options = {name for parameter in known.params for name in [*parameter.opts, *parameter.secondary_opts]}
    for word in words:
        if word == "--":
            break
        if word.startswith("--"):
            assert word.partition("=")[0] in {*options, "--help"}, f"{document} names {line}"


def test_the_readme_begins_with_the_two_commands():
    first = re.search(r"```\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert first is not None
    lines = [line.partition("#")[0].strip() for line in first[1].splitlines()]
    assert lines == ["python3 manage.py", "python3 manage.py test"]


def section(text: str, begin: str, end: str) -> set[str]:
    """What stands as `code` between two places of a document, without what tells the sides of a span."""
    told = text.partition(begin)[2].partition(end)[0]
    return {re.sub(r"^-|(_after|_before|:)$", "", name) for name in re.findall(r"`([\w-]+:?)`", told)}


def test_the_api_s_document_tells_where_each_field_of_tickets_is():
    text = " ".join((DOCS / "api.md").read_text().splitlines())
    assert section(text, "| filter | values |", "| `view`") >= ticket_fields.FILTERED.keys()
    assert section(text, "| `sort` |", "puts the largest first") >= ticket_fields.SORTED.keys()
    qualifiers = section(text, "| qualifier | means |", "## Saved views")
    assert qualifiers >= {field.name for field in ticket_fields.FIELDS if field.meaning}
    assert section(text, "are up to seven of", "`group` is") == ticket_fields.LISTED.keys()
    assert section(text, "`group` is", "or null; `team`") == ticket_fields.GROUPED.keys()
    assert section(text, "`change` holds any of", "{") >= set(bulk.STEPS)
    changed = {ticket_fields.NAMED[name].body_key for name in field_verbs.VERBS}
    assert section(text, "`PATCH /tickets/{number}` changes any of", "with `version`") >= changed


def test_the_guide_tells_by_what_lists_are_filtered():
    told = (DOCS / "user-guide.md").read_text().partition("*Filters* builds qualifiers")[2].partition(".")[0]
    chips = [field for field in ticket_fields.FIELDS if field.chip and not field.dated]
    assert [field.label for field in chips if field.name not in told] == []
