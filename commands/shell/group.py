"""The group of commands: each module in `commands/` is one, found by its name, imported when called."""

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import click

from commands.shell.data import with_data
from lib.core.errors import Refusal

FOLDER = Path(__file__).parent.parent


def is_sentence(error: Exception) -> bool:
    """Tell whether an error's text is a sentence for the person at the keyboard."""
    # importing these costs more than most commands
    settings, opening = sys.modules.get("lib.core.settings"), sys.modules.get("db.opening")
    return (
        isinstance(error, Refusal)
        or (settings is not None and isinstance(error, settings.SettingsError))
        or (opening is not None and isinstance(error, opening.Unusable))
    )


class Commands(click.Group):
    """A group whose commands are the modules of this package: `commands/seed.py` holds the command `seed`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in alphabetical order."""
        modules = iter_modules([str(FOLDER)])
        return sorted(m.name for m in modules if not m.ispkg and not m.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, taking `--data` like every other, or None when there is no such module."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return with_data(getattr(import_module(f"commands.{cmd_name}"), cmd_name))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command; a refusal or a wrong setting ends it with its sentence alone."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if is_sentence(error):
                raise click.ClickException(str(error)) from None
            raise


@click.command(cls=Commands)
def docket() -> None:
    """Docket, a ticket desk. Without a command it serves the desk."""
