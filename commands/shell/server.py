"""The web server: one process that carries pages, API and worker."""

import logging
import socket

import click
import uvicorn

from commands.shell.patience import Patience

ANYWHERE = {"127.0.0.1", "0.0.0.0", "::1", "::"}  # noqa: S104 - compared with, not bound to
LARGEST_MESSAGE = 4 * 1024 * 1024  # bytes from a page: widget values only, as files have their own route


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


def address(listening: socket.socket) -> str:
    """Return the URL at which a person on this machine reaches the socket."""
    host, port = listening.getsockname()[:2]
    return f"http://{'localhost' if host in ANYWHERE else host}:{port}"


def serve(listening: socket.socket) -> bool:
    """Serve Docket until it is told to stop; returns False when it could not start.

    Proxy headers are not believed here, as anybody can send them. The access log is Docket's own, because
    uvicorn's would hold session ids. A page that stays open can't hold back a stop for more than 5 seconds.
    """
    server = uvicorn.Server(
        uvicorn.Config(
            "app:app",
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_config=None,
            http=Patience,
            ws="websockets-sansio",
            ws_max_size=LARGEST_MESSAGE,
            ws_ping_interval=30,
            ws_ping_timeout=30,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=5,
        )
    )
    # Streamlit gives this logger a handler of its own again while it starts; a filter stays.
    logging.getLogger("uvicorn.access").addFilter(lambda _record: False)
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        click.echo("Stopped.")
    return server.started
