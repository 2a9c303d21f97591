"""`demo`: fill an empty desk with a small company, to look around in."""

import os
from pathlib import Path

import click

ACCOUNTS_FILE = "demo-accounts.txt"
ACCOUNTS_HEADING = (
    "Docket now contains a sample company. Sign in with these accounts, whose passwords are "
    "valid for this data folder only:"
)


@click.command(short_help="Fill an empty Docket with a sample company.")
def demo() -> None:
    """Fill an empty desk with a small company and five weeks of its history, to look around in.

    Who can sign in stands in demo-accounts.txt in the data folder, for its owner alone. A desk that has the
    company already stays as it is.
    """
    from commands.demo import create
    from commands.shell import desk
    from lib.core import settings

    desk.prepare()
    file = settings.current().data / ACCOUNTS_FILE
    if file.exists():
        return
    passwords = create.create_company() if create.is_empty() else None
    if passwords is None:
        click.echo(
            "Docket already has users, and the demo needs an empty data folder. Nothing was added.", err=True
        )
        return
    rows = [(who.name, who.role, who.email, word) for who, word in passwords.items()]
    lines = [f"  {email:<36} {word:<22} {role:<15} {name}" for name, role, email, word in rows]
    said = "\n".join([ACCOUNTS_HEADING, "", *lines, ""])
    _write_for_owner(file, said)
    click.echo(said)
    click.echo(f"This list is saved in {file}")


def _write_for_owner(file: Path, said: str) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        os.fchmod(out.fileno(), 0o600)
        out.write(said)
