"""What stands in addresses: Streamlit takes a parameter that a widget is bound to out of the way to another page."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FILES = sorted([*ROOT.glob("pages/*/*.py"), *(ROOT / "ui").rglob("*.py")])
REPORTS = {"since", "until"}
"""Bound by both reports, to which no link leads that carries them."""


def calls(path):
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]


def text(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def bound(path):
    """Return the keys of a file's widgets that are bound to the address."""
    named = [{word.arg: text(word.value) for word in call.keywords} for call in calls(path)]
    return {words["key"] for words in named if words.get("bind") == "query-params" and words["key"]}


def carried(path):
    """Return the names that a file reads from or writes into the address by itself."""
    found = set()
    for call in calls(path):
        name = ast.unparse(call.func)
        if name.startswith("st.query_params.") or name.endswith(("number_asked", "lists.follow")):
            found |= {text(arg) for arg in call.args}
        for word in call.keywords:
            if word.arg == "query_params" and isinstance(word.value, ast.Dict):
                found |= {text(key) for key in word.value.keys}
        if name.endswith("open_page"):
            found |= {text(key) for arg in call.args if isinstance(arg, ast.Dict) for key in arg.keys}
    return found - {None}


@pytest.mark.parametrize("path", [f for f in FILES if bound(f)], ids=lambda path: path.stem)
def test_a_bound_key_belongs_to_one_page(path):
    others = [f for f in FILES if f != path]
    taken = {key: f.stem for f in others for key in bound(path) & bound(f)}
    assert not taken, f"{path.stem} binds what another page binds: {taken}"
    if path.stem != "tickets":  # to whose `q` links lead from pages that have nothing of that name
        carries = {key: f.stem for f in others for key in bound(path) & carried(f) - REPORTS}
        assert not carries, f"{path.stem} binds what another file reads or writes: {carries}"


def test_pages_with_bound_keys_are_not_left_through_streamlit_s_own_switch():
    leaving = {f.stem for f in FILES if any(ast.unparse(c.func) == "st.switch_page" for c in calls(f))}
    assert leaving == {"page", "new_ticket"}, "st.switch_page raises where a bound key is in the address"
    assert not any(bound(f) for f in FILES if f.stem in {"new_ticket", "ticket"})
