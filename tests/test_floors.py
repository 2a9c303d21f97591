"""The floors, where import-linter can't see: the single files at the top and the folder of pages."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {
    "app.py": {"plotly", "commands", "main", "manage", "pages"},
    "main.py": {"plotly", "sqlalchemy", "sqlmodel", "fastapi", "app", "api", "commands", "manage", "worker"},
}
SOURCES = [
    path
    for room in ("api", "commands", "db", "lib", "pages", "ui", "worker")
    for path in (ROOT / room).rglob("*.py")
]


def imports(path):
    """The top-level names that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def test_manage_needs_nothing_but_python():
    assert set(imports(ROOT / "manage.py")) <= sys.stdlib_module_names


@pytest.mark.parametrize("name", FORBIDDEN)
def test_the_top_files_import_downward_only(name):
    assert set(imports(ROOT / name)) & FORBIDDEN[name] == set()


def test_nobody_imports_the_top_files():
    assert [str(path) for path in SOURCES if set(imports(path)) & {"app", "main", "manage"}] == []


def test_pages_holds_only_folders():
    """A page beside main.py's folders would be reached without the gate by Streamlit's old page scan."""
    assert [path.name for path in (ROOT / "pages").iterdir() if path.is_file()] == []
