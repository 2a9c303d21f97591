"""Running checks one after the other, and the lines that say how each went."""

import subprocess
import sys
import time
from collections.abc import Callable

import click

from commands.checks import steps, tests
from commands.shell.data import ROOT

Outcome = tuple[str, bool, float]
"""A check's name, whether it passed, and its seconds."""


def run_timed(name: str, check: Callable[[], bool]) -> Outcome:
    """Run one check under its headline."""
    click.secho(f"── {name}", bold=True)
    began = time.monotonic()
    passed = check()
    return name, passed, time.monotonic() - began


def run_steps() -> list[Outcome]:
    """Run every check that is no test, whichever fails."""

    def passes(step: steps.Step) -> bool:
        return subprocess.run(step.command, cwd=ROOT, check=False).returncode == 0

    return [run_timed(step.name, lambda step=step: passes(step)) for step in steps.STEPS]


def run_tests(outcomes: list[Outcome], run: Callable[[], tests.Count]) -> None:
    """Run the tests, say how they and the checks before them went, and exit with 1 if anything failed."""
    counts: list[tests.Count] = []

    def passes() -> bool:
        counts.append(run())
        return counts[0].failed == 0

    every = [*outcomes, run_timed("tests", passes)]
    (counted,) = counts
    click.echo()
    for name, passed, seconds in every:
        click.secho(
            f"{'ok    ' if passed else 'FAILED'}  {seconds:6.1f} s  {name}", fg=None if passed else "red"
        )
    if counted.skipped:
        click.echo(f"{counted.skipped} tests were skipped; pytest says why above.")
    good = [passed for _name, passed, _seconds in outcomes]
    failed = counted.failed + good.count(False)
    click.echo(f"{counted.passed + good.count(True)} passed, {failed} failed")
    sys.exit(int(failed > 0))
