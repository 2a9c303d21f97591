"""`run`: serve the desk."""

import os
from importlib import import_module

import click

from commands.shell.data import ROOT


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Use 0.0.0.0 to listen on all interfaces."
)
@click.option(
    "--port", default=8501, show_default=True, type=click.IntRange(0, 65535), help="Use 0 for a free port."
)
@click.option(
    "--processes", type=click.IntRange(1, 16), help="Number of processes. Default: DOCKET_PROCESSES."
)
@click.option("--demo", is_flag=True, help="Start with a sample company.")
@click.pass_context
def run(ctx: click.Context, host: str, port: int, processes: int | None, demo: bool) -> None:
    """Serve the desk: pages, API and worker, in one process for each core, at most four."""
    from commands.shell import server
    from lib.core import settings

    with server.listen(host, port) as listening:
        url = server.get_url(listening)
        if "base_url" not in settings.current().model_fields_set:
            os.environ["DOCKET_BASE_URL"] = url
        if processes:
            os.environ["DOCKET_PROCESSES"] = str(processes)
        settings.current.cache_clear()
        settings.current().key()  # a wrong or weak secret stops the start here, with its sentence
        if demo:
            ctx.invoke(import_module("commands.demo.command").demo)
        click.echo(f"Docket is starting at {url}")
        os.chdir(ROOT)  # Streamlit reads .streamlit/config.toml from the current folder
        if not server.serve(listening, settings.current().processes):
            ctx.exit(3)
