"""`check`: what can be known in a minute."""

import click


@click.command(short_help="Run the checks that take a minute.")
def check() -> None:
    """Run the quick checks: lint, format, types, import contracts, docs, and unit tests on SQLite without a browser."""
    from commands.checks import summary, tests

    summary.run_tests(summary.run_steps(), lambda: tests.run(["--quick"]))
