"""`doctor`: look whether everything that Docket needs is there and right."""

import sys

import click


@click.command(short_help="Check the installation and its configuration.")
@click.option(
    "--full", is_flag=True, help="Also read every page of a SQLite database and check that every file exists."
)
def doctor(full: bool) -> None:
    """Look at settings, data folder, database, files, mail and Slack, and say what to do; change nothing.

    A line each, without secrets. The exit code is 1 when there is a problem.
    """
    from commands.doctor import (
        connectivity,
        data_folder,
        database,
        outgoing_messages,
        processes,
        stored_files,
    )
    from commands.doctor.finding import Verdict
    from lib.core import settings

    chosen = settings.current()
    found = [
        *data_folder.check(chosen),
        *processes.check(chosen),
        *database.check(chosen, full=full),
        *stored_files.check(chosen, full=full),
        *connectivity.check(chosen),
        *outgoing_messages.check(chosen),
    ]
    colors = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.PROBLEM: "red"}
    for finding in found:
        mark = click.style(f"{finding.verdict:<8}", fg=colors[finding.verdict])
        click.echo(f"{mark} {finding.what:<14} {finding.sentence}")
    sys.exit(any(finding.verdict == Verdict.PROBLEM for finding in found))
