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


def list_code_paths() -> list[str]:
    """Return the files and folders that hold the product's own code."""
    return [tree for tree in TREES if (ROOT / tree).exists()]


def build_command(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command line that runs a tool of this environment."""
    return (str(BIN / name), *arguments)


STEPS = (
    Step("lint", build_command("ruff", "check", "--quiet")),
    Step("format", build_command("ruff", "format", "--check", "--quiet")),
    Step("lock", build_command("uv", "lock", "--check", "--offline", "--quiet")),
    Step("floors", build_command("lint-imports", "--no-logo")),
    Step("dependencies", build_command("deptry", ".", "--no-ansi")),
    Step("dead code", (sys.executable, "-m", "commands.checks.dead")),
    Step("types", build_command("ty", "check", "--quiet")),
    Step("JavaScript lint", build_command("deno", "lint", "--quiet")),
    Step("JavaScript format", build_command("deno", "fmt", "--check", "--quiet")),
    Step("JavaScript types", build_command("deno", "check", "--quiet", "tests", "ui")),
    Step("JavaScript tests", build_command("deno", "test", "--quiet", "--no-check", "tests")),
)
