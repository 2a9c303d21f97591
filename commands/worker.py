"""`worker`: the periodic tasks alone, in a process of their own."""

import signal
import threading

import click


@click.command(short_help="Run the periodic tasks without serving pages.")
def worker() -> None:
    """Do the periodic tasks alone. Every `run` does them too; however many processes there are, each is done once."""
    from commands.shell import desk
    from lib import transactions
    from lib.core import logging, settings
    from worker import start, stop

    logging.configure(settings.current().log_level)
    desk.prepare()
    ended = threading.Event()
    for how in (signal.SIGTERM, signal.SIGINT):
        signal.signal(how, lambda *_: ended.set())
    start()
    click.echo("The worker is running. Press Ctrl+C to stop it.", err=True)
    ended.wait()
    stop()
    transactions.close()
