"""The rules of the house that a reader of the source can check."""

import ast
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("api", "commands", "db", "lib", "pages", "ui", "web", "worker")
SOURCES = [
    *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if "versions" not in path.parts),
    *(ROOT / name for name in ("app.py", "main.py", "manage.py")),
]
CHANGES = {"add", "add_all", "delete", "record"}
"""Calls that change something: of a session, and of events."""
ASKS = {"permit", "require", "not_permitted", "not_found"}
"""Calls that ask the gate, or answer for it."""

ALLOWED = {
    "lib/people/accounts.py:change_password": "one's own, and proves the present password",
    "lib/identity/second_factor.py:switch_on": "one's own, and proves the app",
    "lib/identity/second_factor.py:switch_off": "one's own, and proves the password",
    "lib/identity/sessions.py:touch": "one's own, from the cookie",
    "lib/conversation/drafts.py:save": "drafts are keyed by their writer",
    "lib/conversation/drafts.py:discard": "drafts are keyed by their writer",
    "lib/notifications/preferences.py:set_channels": "one's own",
    "lib/notifications/preferences.py:set_schedule": "one's own",
    "lib/notifications/preferences.py:set_slack_id": "one's own",
    "lib/assignment/assignment.py:set_assignee": "what assigning and unassigning have in common; each asks",
    "lib/notifications/inbox.py:mark_all_read": "one's own, by their person",
    "lib/audit/events.py:record": "tells of a deed that asked for itself",
    "lib/audit/idempotency.py:run_once": "keeps the answer to a deed that asks for itself",
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def place(path: Path) -> str:
    """The path from the root of the checkout."""
    return str(path.relative_to(ROOT))


def offenders(paths: Collection[Path], offends) -> list[str]:
    """What is wrong in all of the files together; a rule looks at the whole house and names each place at once."""
    assert paths
    return [f"{place(path)}: {wrong}" for path in paths for wrong in offends(path)]


def functions(path: Path) -> dict[str, ast.FunctionDef]:
    """The functions of a module by name."""
    return {node.name: node for node in tree(path).body if isinstance(node, ast.FunctionDef)}


def calls(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Every call inside, as what it is called on and its name: ("session", "add"), ("", "_set")."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            if isinstance(part.func, ast.Attribute):
                on = part.func.value.id if isinstance(part.func.value, ast.Name) else ""
                yield on, part.func.attr
            elif isinstance(part.func, ast.Name):
                yield "", part.func.id


def reached(
    name: str, known: dict[str, ast.FunctionDef], seen: frozenset[str] = frozenset()
) -> set[tuple[str, str]]:
    """All calls that a function makes itself or through functions of its own module."""
    if name in seen or name not in known:
        return set()
    direct = set(calls(known[name]))
    inner = [called for on, called in direct if on == "" and called in known]
    return direct.union(*(reached(called, known, seen | {name}) for called in inner))


def verbs() -> list[tuple[str, set[tuple[str, str]], ast.FunctionDef]]:
    """The public functions of lib that take a session and an actor first, with all that they call."""
    found = []
    for path in sorted((ROOT / "lib").rglob("*.py")):
        known = functions(path)
        for name, node in known.items():
            first = [argument.arg for argument in node.args.args[:2]]
            if not name.startswith("_") and first == ["session", "actor"]:
                found.append((f"{path.relative_to(ROOT)}:{name}", reached(name, known), node))
    return found


def changes(called: set[tuple[str, str]]) -> bool:
    by_session = {name for on, name in called if on == "session"} & CHANGES
    return bool(
        by_session
        or ("events", "record") in called
        or {"update", "delete"} & {n for on, n in called if on == ""}
    )


def asks(called: set[tuple[str, str]]) -> bool:
    return bool({name for on, name in called if on == "gate"} & ASKS)


CHANGING = {name: called for name, called, _node in verbs() if changes(called)}


def test_there_are_verbs_to_check():
    """Otherwise the tests below could pass by looking at nothing."""
    assert len(CHANGING) >= 30
    assert "lib/tickets/tickets.py:move" in CHANGING
    assert "lib/conversation/comments.py:add" in CHANGING


def test_every_verb_that_changes_something_asks_the_gate():
    assert [name for name in CHANGING if name not in ALLOWED and not asks(CHANGING[name])] == []


def test_no_exception_is_left_on_the_list_that_asks_the_gate():
    assert [name for name in ALLOWED if asks(CHANGING[name])] == []


def test_the_list_of_exceptions_names_what_is_there():
    assert set(ALLOWED) <= set(CHANGING)


def test_every_module_says_what_it_is_for():
    assert [place(path) for path in SOURCES if not ast.get_docstring(tree(path))] == []


def imported(path: Path) -> Iterator[str]:
    """The modules that a file names in its imports, and what it takes from them."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_lib_knows_no_framework():
    frameworks = {"streamlit", "fastapi", "starlette", "uvicorn"}

    def known(path):
        return [name for name in imported(path) if name.partition(".")[0] in frameworks]

    assert offenders(sorted((ROOT / "lib").rglob("*.py")), known) == []


EDGES = [path for path in SOURCES if path.relative_to(ROOT).parts[0] in {"lib", "pages", "ui", "api", "web"}]
BYPASSES = {
    "connection": "session.connection() passes the guard by",
    "exec_driver_sql": "raw SQL passes the guard by",
    "raw_connection": "raw SQL passes the guard by",
    "bulk_update_mappings": "passes the guard by",
    "bulk_insert_mappings": "passes the guard by",
    "bulk_save_objects": "passes the guard by",
    "query": "use select",
}
ENGINE_ONLY = {("lib/transactions.py", "exec_driver_sql"): "asks whether the database answers"}


def test_nobody_goes_round_the_session_s_guard():
    def bypasses(path):
        return [
            f"{on}.{name}: {BYPASSES[name]}"
            for on, name in calls(tree(path))
            if name in BYPASSES and (place(path), name) not in ENGINE_ONLY and on not in {"st"}
        ]

    assert offenders(EDGES, bypasses) == []


UNSCOPED = {"unscoped": 1, "unscoped_get": 3}
"""The functions that let a statement through the guard, each with the place of its reason among the arguments."""
GUARD = ("lib/access/gate.py", "lib/transactions.py")


def test_statements_outside_lib_are_never_unscoped():
    for path in EDGES:
        if path.relative_to(ROOT).parts[0] != "lib":
            source = path.read_text()
            assert not [name for name in (*UNSCOPED, "execution_options") if name in source], path


def test_every_unscoped_statement_says_why_in_words():
    reasons = []
    for path in [*SOURCES, *sorted((ROOT / "bench").rglob("*.py"))]:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom):
                assert not UNSCOPED.keys() & {alias.name for alias in node.names}, (
                    f"{path}: call it as gate.unscoped"
                )
            if (
                isinstance(node, ast.Call)
                and (name := ast.unparse(node.func).removeprefix("gate.")) in UNSCOPED
            ):
                reason = node.args[UNSCOPED[name]] if len(node.args) > UNSCOPED[name] else None
                said = reason.value if isinstance(reason, ast.Constant) else None
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                assert isinstance(said, str), f"{place} does not say why: write the reason as a plain string"
                assert len(said.split()) >= 3, f"{place} gives no reason that a reader can check"
                reasons.append(said)
    assert len(reasons) > 100


def test_nothing_else_goes_round_the_guard():
    """The option that the guard asks for is written in two files, and its name is handed on as a literal alone."""
    for path in [*SOURCES, *sorted((ROOT / "bench").rglob("*.py"))]:
        place = str(path.relative_to(ROOT))
        if place in GUARD:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant):
                assert node.value != "gate", f"{place}:{node.lineno} names the guard's option"
            if isinstance(node, ast.Call):
                for option in node.keywords:
                    assert option.arg != "gate", f"{place}:{node.lineno} sets the guard's option"
                    if option.arg is None and isinstance(node.func, ast.Attribute):
                        assert node.func.attr != "execution_options", (
                            f"{place}:{node.lineno} hides its options"
                        )
                    if option.arg == "execution_options":
                        assert isinstance(option.value, ast.Dict), f"{place}:{node.lineno} hides its options"


def test_no_id_is_replaced_by_zero():
    """A stored row has an id (`db/models/numbered.py`), and an actor who is a person has one (`Actor.person_id`)."""
    for path in [*SOURCES, *sorted((ROOT / "bench").rglob("*.py")), *sorted((ROOT / "tests").rglob("*.py"))]:
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.BoolOp)
                and isinstance(node.op, ast.Or)
                and ast.unparse(node.values[-1]) == "0"
            ):
                name = ast.unparse(node.values[0]).rpartition(".")[2]
                assert name != "id", f"{path.relative_to(ROOT)}:{node.lineno} takes an id for optional"


DANGERS = {"eval", "exec", "compile", "__import__"}


def test_nothing_is_unpickled_or_evaluated():
    """C26: CVE-2026-22248, CVE-2011-5093."""

    def dangerous(path):
        yield from {"pickle", "shelve", "marshal", "dill"}.intersection(imported(path))
        if path.name != "manage.py":
            yield from DANGERS.intersection(
                node.func.id
                for node in ast.walk(tree(path))
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            )

    assert offenders(SOURCES, dangerous) == []


def test_no_page_keeps_people_s_data_in_a_shared_cache():
    """ASVS 14.2.2: a cache that is not keyed by person gives one person's rows to another."""
    pages = [p for p in SOURCES if p.relative_to(ROOT).parts[0] in {"pages", "ui", "main.py"}]
    assert offenders(pages, lambda path: ["cache_data"] * ("cache_data" in path.read_text())) == []


def test_models_never_postpone_annotations():
    """It breaks SQLModel's relationships."""
    for path in (ROOT / "db").rglob("*.py"):
        assert "from __future__ import annotations" not in path.read_text(), path


def test_more_than_three_arguments_are_named():
    """Keyword arguments after the third; sessions, actors and subjects come first."""
    wide = []
    for path in sorted((ROOT / "lib").rglob("*.py")):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                arguments = [a for a in node.args.args if a.arg not in {"self", "cls"}]
                if len(arguments) > 4:
                    wide.append(f"{path.name}:{node.name}")
    assert wide == ["settings.py:settings_customise_sources"]


KEPT_IN_ONE_PROCESS = {
    "audio", "audio_input", "camera_input", "download_button", "file_uploader", "pdf", "pyplot", "video",
    "cache_data", "cache_resource",
}  # fmt: skip
"""What Streamlit serves from, or remembers in, the memory of one process; the next request may reach another."""


def test_no_page_needs_the_process_that_drew_it():
    def needs(path):
        for on, name in calls(tree(path)):
            if on == "st" and name in KEPT_IN_ONE_PROCESS:
                yield f"st.{name} needs one process"
            if on == "st" and name == "image" and "data_uri(" not in path.read_text():
                yield "st.image: give it a data URI"

    assert offenders(EDGES, needs) == []
