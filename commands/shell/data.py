"""The one option that every command takes: which data folder it works on."""

import os
from pathlib import Path

import click

ROOT = Path(__file__).parents[2]


def set_data_folder(_ctx: click.Context, _param: click.Parameter, value: Path) -> None:
    """Make the folder known to the settings of this process and of those it starts."""
    os.environ["DOCKET_DATA"] = str(value)


def build_option() -> click.Option:
    """Return a fresh `--data` option; a relative folder is meant from where the person stands."""
    return click.Option(
        ["--data"],
        metavar="DIR",
        type=click.Path(file_okay=False, resolve_path=True, path_type=Path),
        envvar="DOCKET_DATA",
        default=ROOT / "data",
        help="The data folder. Default: DOCKET_DATA, then `data` beside manage.py.",
        expose_value=False,
        is_eager=True,
        callback=set_data_folder,
    )


def add_data_option(command: click.Command) -> click.Command:
    """Give a command, or every command of a group, the `--data` option unless it has it already."""
    if isinstance(command, click.Group):
        for member in command.commands.values():
            add_data_option(member)
    elif "data" not in {parameter.name for parameter in command.params}:
        command.params.append(build_option())
    return command
