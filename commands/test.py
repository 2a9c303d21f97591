"""`test`: every check there is."""

import subprocess
import sys
import time

import click


@click.command(short_help="Run every check.")
@click.option("--coverage", is_flag=True, help="Print the lines that no test reaches.")
@click.argument("pytest_args", nargs=-1)
def test(coverage: bool, pytest_args: tuple[str, ...]) -> None:
    """Run every check: lint, types, floors, unit, PostgreSQL, browser, accessibility and docs tests.

    All run, whatever fails first. Words after -- go to pytest, which then runs alone: test -- -k board
    """
    from commands.checks import steps, tests
    from commands.shell.data import ROOT

    outcomes: list[tuple[str, bool, float]] = []
    for step in () if pytest_args else steps.STEPS:
        click.secho(f"── {step.name}", bold=True)
        began = time.monotonic()
        good = subprocess.run(step.command, cwd=ROOT, check=False).returncode == 0
        outcomes.append((step.name, good, time.monotonic() - began))
    click.secho("── tests", bold=True)
    began = time.monotonic()
    counted = tests.run(pytest_args, coverage=coverage)
    outcomes.append(("tests", counted.failed == 0, time.monotonic() - began))
    if coverage:
        for words in (["combine", "--quiet"], ["report"]):
            subprocess.run([sys.executable, "-m", "coverage", *words], cwd=ROOT, check=False)

    click.echo()
    for name, good, seconds in outcomes:
        click.secho(f"{'ok    ' if good else 'FAILED'}  {seconds:6.1f} s  {name}", fg=None if good else "red")
    if counted.skipped:
        click.echo(f"{counted.skipped} tests were skipped; pytest says why above.")
    checks = [good for name, good, _seconds in outcomes if name != "tests"]
    failed = counted.failed + checks.count(False)
    click.echo(f"{counted.passed + checks.count(True)} passed, {failed} failed")
    sys.exit(int(failed > 0))
