"""The checks besides the tests: each a name and the command line that fails when something is wrong."""

import sys
from dataclasses import dataclass
from pathlib import Path

from commands.shell.data import ROOT

BIN = Path(sys.executable).parent
TREES = ("app.py", "main.py", "manage.py", "api", "commands", "db", "lib", "pages", "ui", "worker")


@dataclass(frozen=True)
class Step:
    """One check: what it is called and what it runs, from the root of the checkout."""

    name: str
    command: tuple[str, ...]


def tool(name: str, *arguments: str) -> Step:
    """Return the step that runs a tool of this environment."""
    return Step(" ".join((name, *arguments[:1])), (str(BIN / name), *arguments))


def steps() -> list[Step]:
    """Return the checks in the order in which they run, the quickest first."""
    trees = [tree for tree in TREES if (ROOT / tree).exists()]
    return [
        tool("ruff", "check"),
        tool("ruff", "format", "--check"),
        tool("uv", "lock", "--check", "--offline"),
        tool("lint-imports", "--no-logo"),
        tool("deptry", "."),
        tool("vulture", *trees, "tests/allowed.py"),
        tool("ty", "check"),
    ]
