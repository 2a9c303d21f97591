"""The group of commands: each module or package in `commands/` with one is found by its name, imported when called."""

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import click

from commands.shell.data import add_data_option
from lib.core.errors import Refusal

FOLDER = Path(__file__).parent.parent


def is_user_error(error: Exception) -> bool:
    """Tell whether an error's text is a sentence for the person at the keyboard."""
    # importing these costs more than most commands
    settings, opening = sys.modules.get("lib.core.settings"), sys.modules.get("db.opening")
    return (
        isinstance(error, Refusal)
        or (settings is not None and isinstance(error, settings.SettingsError))
        or (opening is not None and isinstance(error, opening.Unusable))
    )


def _find_modules() -> dict[str, str]:
    found = {m.name: f"commands.{m.name}" for m in iter_modules([str(FOLDER)]) if not m.ispkg}
    return found | {p.parent.name: f"commands.{p.parent.name}.command" for p in FOLDER.glob("*/command.py")}


class CommandGroup(click.Group):
    """A group whose commands lie in this package: `run` in `commands/run.py`, `seed` in `commands/seed/command.py`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in alphabetical order."""
        return sorted(name for name in _find_modules() if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, taking `--data` like every other, or None when there is no such module."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return add_data_option(getattr(import_module(_find_modules()[cmd_name]), cmd_name))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command; a refusal or a wrong setting ends it with its sentence alone."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if is_user_error(error):
                raise click.ClickException(str(error)) from None
            raise


@click.command(cls=CommandGroup)
def docket() -> None:
    """Docket, a ticket desk. Without a command it serves the desk."""
