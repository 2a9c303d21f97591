"""Docket as a process of its own on a folder's data, for measuring it from outside."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from lib import transactions
from lib.core import settings
from lib.identity import api_tokens, client_info, sessions
from lib.people import accounts

ROOT = Path(__file__).parents[1]
PATIENCE = 120
"""Seconds that a start may take."""


@dataclass(frozen=True)
class Desk:
    """A running desk: where it is, and its process' id."""

    url: str
    pid: int

    def megabytes(self) -> float:
        """Return the memory that is the processes' own, in MB (Linux only): not mapped files, which come and go."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        statuses = (Path(f"/proc/{pid}/status").read_text() for pid in (self.pid, *children))
        return sum(int(re.findall(r"RssAnon:\s+(\d+)", status)[0]) for status in statuses) / 1024


@contextmanager
def running(processes: int = 1) -> Iterator[Desk]:
    """Start Docket on this process' data folder and stop it at the end; yields when it is healthy."""
    data = settings.current().data
    words = [sys.executable, "-m", "commands", "run", "--port", "0", "--data", str(data)]
    words += ["--processes", str(processes)]
    generous = {**os.environ, "PYTHONUNBUFFERED": "1", "DOCKET_API_REQUESTS_PER_MINUTE": "1000000"}
    log = data / "bench.log"
    with log.open("w") as out:
        process = subprocess.Popen(words, cwd=ROOT, env=generous, stdout=out, stderr=out)
    try:
        yield Desk(_wait(process, log), process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], log: Path) -> str:
    last = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < last:
        where = re.search(r"starting at (http\S+)", log.read_text())
        if where and healthy(where[1]):
            return where[1]
        time.sleep(0.01)
    raise SystemExit(f"Docket did not start:\n{log.read_text()[-2000:]}")


def healthy(url: str) -> bool:
    """Tell whether a desk answers."""
    try:
        return httpx.get(f"{url}/healthz", timeout=5).is_success
    except httpx.TransportError:
        return False


def cookie(email: str) -> str:
    """Sign somebody in and return the header that shows it."""
    with transactions.act() as session:
        person = accounts.find_by_email(session, email)
        if person is None:
            raise SystemExit(f"{email} is not here. Fill the desk with `seed` first.")
        secret = sessions.start(session, person, browser="bench", address="127.0.0.1")
    return f"{client_info.cookie_name()}={secret}"


def token(email: str) -> str:
    """Make an API token for somebody."""
    from commands.shell import desk
    from db.vocabulary import Permission

    me = desk.build_operator(Permission.APIKEY_OWN)
    with transactions.act() as session:
        owner = accounts.find_by_email(session, email)
        return api_tokens.create(session, me, name="bench", scope="write", days=1, owner=owner)[1]
