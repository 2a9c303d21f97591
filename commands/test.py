"""`test`: every check there is."""

import subprocess
import sys

import click


@click.command(short_help="Run every check.")
@click.option("--all", "everything", is_flag=True, help="Run every test on each database it can use.")
@click.option(
    "--record", is_flag=True, help="Record how long each file of tests takes in tests/seconds.json."
)
@click.option("--coverage", is_flag=True, help="Print the lines that no test covers.")
@click.argument("pytest_args", nargs=-1)
def test(everything: bool, record: bool, coverage: bool, pytest_args: tuple[str, ...]) -> None:
    """Run every check: lint, types, floors, unit, PostgreSQL, browser, accessibility and docs tests.

    All run, whatever fails first. Words after -- go to pytest, which then runs alone: test -- -k board
    """
    from commands.checks import summary, tests
    from commands.shell.data import ROOT

    options = ["--all"] * everything + ["--record"] * record

    def run() -> tests.Count:
        counted = tests.run(options, pytest_args, coverage=coverage)
        for words in [["combine", "--quiet"], ["report"]] * coverage:
            subprocess.run([sys.executable, "-m", "coverage", *words], cwd=ROOT, check=False)
        return counted

    summary.run_tests([] if pytest_args else summary.run_steps(), run)
