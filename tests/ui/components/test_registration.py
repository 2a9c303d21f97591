"""Components are made known when a process starts: their files are asked of processes that drew no page with them."""

import ast
from importlib import import_module
from pathlib import Path

from streamlit.components.v1.custom_component import CustomComponent

from ui.components import registration

ROOT = Path(__file__).parents[3]


def imported():
    """Return the names of the modules that pages and their parts import."""
    found = set()
    for path in [*ROOT.glob("pages/*/*.py"), *ROOT.glob("ui/**/*.py"), ROOT / "main.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
    return {name for name in found if not name.startswith(("ui", "lib", "db", "pages", "streamlit."))}


def test_every_component_of_another_package_is_registered_at_the_start(monkeypatch):
    made = {
        each.name
        for name in imported()
        for each in vars(import_module(name)).values()
        if isinstance(each, CustomComponent)
    }
    registered = set()
    monkeypatch.setattr(
        registration.streamlit_internals,
        "register_components",
        lambda *_given, older: registered.update(each.name for each in older),
    )
    registration.register()
    assert made and made <= registered
