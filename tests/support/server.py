"""Docket itself as a process of its own, on a free port, with its own data folder."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support.forked import ForkedServer

ROOT = Path(__file__).parents[2]
START_TIMEOUT = 120  # seconds; a cold machine with two cores and a browser beside it is slow
RUN_COMMAND = ("-m", "commands", "run", "--port", "0")
COVERAGE_VARIABLES = {
    "COVERAGE_PROCESS_START",
    "COVERAGE_PROCESS_CONFIG",
}  # coverage follows processes, but not their forks
URL_PATTERN = re.compile(r"starting at (http\S+)")


@dataclass
class Server:
    """A running Docket: `url` to reach it, `data` it writes to, `log` with everything it said."""

    process: subprocess.Popen[bytes] | ForkedServer
    url: str
    data: Path
    log: Path

    def said(self) -> str:
        """Return everything the server has printed and logged so far."""
        return self.log.read_text(errors="replace")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the process, politely unless told otherwise, and wait until it is gone."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    """Return a port that nobody listens on, for a command that can't choose one itself."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def build_environment(data: Path, **settings: str) -> dict[str, str]:
    """Return an environment whose only DOCKET_ settings are these; one process serves unless they say otherwise."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCKET_")}
    own = {"DOCKET_DATA": str(data), "DOCKET_PROCESSES": "1", **settings}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **own}


@contextmanager
def run_server(
    data: Path,
    settings: Mapping[str, str] | None = None,
    *,
    command: Sequence[str] = RUN_COMMAND,
    url: str | None = None,
) -> Iterator[Server]:
    """Start Docket with DOCKET_ `settings`, wait until it is healthy, and stop it at the end.

    `command` is what Python is given; one that is not `run` must listen on the address `url`. The usual one is forked
    from a process that has imported it all, which saves seconds of each start; any other begins as people begin it.
    """
    data.mkdir(parents=True, exist_ok=True)
    log = data / "server.log"
    log.touch()
    process = _start_process(command, build_environment(data, **(settings or {})), log)
    server = Server(process, url or "", data, log)
    try:
        _wait_until_healthy(server)
        yield server
    finally:
        server.stop()


def _start_process(
    command: Sequence[str], environment: dict[str, str], log: Path
) -> subprocess.Popen[bytes] | ForkedServer:
    # A forked one is a daemon of the tests', which may not start processes itself.
    if (
        command is RUN_COMMAND
        and environment["DOCKET_PROCESSES"] == "1"
        and not COVERAGE_VARIABLES & os.environ.keys()
    ):
        return ForkedServer(RUN_COMMAND[2:], environment, log)
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )


def _wait_until_healthy(server: Server) -> None:
    last = time.monotonic() + START_TIMEOUT
    while not _is_healthy(server):
        assert server.process.poll() is None, f"the server ended:\n{server.said()[-4000:]}"
        assert time.monotonic() < last, f"the server is not healthy:\n{server.said()[-4000:]}"
        time.sleep(0.05)


def _is_healthy(server: Server) -> bool:
    where = URL_PATTERN.search(server.said())
    server.url = server.url or (where[1] if where else "")
    if not server.url:
        return False
    try:
        return httpx.get(f"{server.url}/healthz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
