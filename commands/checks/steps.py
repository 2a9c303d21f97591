"""The checks besides the tests: each a name and the command line that fails when something is wrong."""

import sys
from dataclasses import dataclass
from pathlib import Path

from commands.shell.data import ROOT

BIN = Path(sys.executable).parent
TREES = ("app.py", "main.py", "manage.py", "api", "commands", "db", "lib", "pages", "ui", "web", "worker")


@dataclass(frozen=True)
class Step:
    """One check: what it is called and what it runs, from the root of the checkout."""

    name: str
    command: tuple[str, ...]


def trees() -> list[str]:
    """Return the files and folders that hold the product's own code."""
    return [tree for tree in TREES if (ROOT / tree).exists()]


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command line that runs a tool of this environment."""
    return (str(BIN / name), *arguments)


STEPS = (
    Step("lint", tool("ruff", "check", "--quiet")),
    Step("format", tool("ruff", "format", "--check", "--quiet")),
    Step("lock", tool("uv", "lock", "--check", "--offline", "--quiet")),
    Step("floors", tool("lint-imports", "--no-logo")),
    Step("dependencies", tool("deptry", ".", "--no-ansi")),
    Step("dead code", (sys.executable, "-m", "commands.checks.dead")),
    Step("types", tool("ty", "check", "--quiet")),
    Step("JavaScript lint", tool("deno", "lint", "--quiet")),
    Step("JavaScript format", tool("deno", "fmt", "--check", "--quiet")),
)
