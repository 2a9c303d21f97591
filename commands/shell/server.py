"""The web server: processes that listen on one port, each with pages, API and worker."""

import socket

import click
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from commands.shell.request_timeouts import TimeoutProtocol
from lib import startup, transactions
from lib.core import logging, run_marker, settings

ANY_ADDRESS = {"127.0.0.1", "0.0.0.0", "::1", "::"}  # noqa: S104 - compared with, not bound to
LARGEST_MESSAGE = 4 * 1024 * 1024  # bytes from a page: widget values only, as files have their own route
HEALTHCHECK_TIMEOUT = (
    20  # seconds after which a process that does not answer is ended, and another one started
)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, on a free port for port 0; raises click.ClickException with a way out."""
    try:
        made = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        why = str(error.strerror).partition(" (")[0]
        raise click.ClickException(
            f"Can't listen on {host}, port {port}: {why}. Choose another --port or --host."
        ) from None
    # asyncio does this only for sockets that it made; without it every answer on a kept connection waits 40 ms.
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def get_url(listening: socket.socket) -> str:
    """Return the URL at which a person on this machine reaches the socket."""
    host, port = listening.getsockname()[:2]
    return f"http://{'localhost' if host in ANY_ADDRESS else host}:{port}"


def serve(listening: socket.socket, processes: int) -> bool:
    """Serve Docket in so many processes until it is told to stop; returns False when it could not start.

    With more than one, this process prepares the desk, starts the others, and starts another one for each that ends.

    Proxy headers are not believed here, as anybody can send them. The access log is Docket's own, because
    uvicorn's would hold session ids. A page that stays open can't hold back a stop for more than 5 seconds.
    """
    config = uvicorn.Config(
        "app:app",
        workers=processes,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        http=TimeoutProtocol,
        ws="websockets-sansio",
        ws_max_size=LARGEST_MESSAGE,
        ws_ping_interval=30,
        ws_ping_timeout=30,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=5,
        timeout_worker_healthcheck=HEALTHCHECK_TIMEOUT,
    )
    return _serve_together(config, listening) if processes > 1 else _serve_alone(config, listening)


def _serve_alone(config: uvicorn.Config, listening: socket.socket) -> bool:
    server = uvicorn.Server(config)
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        click.echo("Stopped.")
    return server.started


def _serve_together(config: uvicorn.Config, listening: socket.socket) -> bool:
    logging.configure(settings.current().log_level)
    startup.prepare()
    transactions.engine().dispose()
    startup.mark_prepared()
    supervisor = Multiprocess(config, sockets=[listening])
    supervisor.run()
    run_marker.release(transactions.engine())
    return all(process.exitcode != STARTUP_FAILURE for process in supervisor.processes)
