"""One command for everything: it makes `.venv` from `uv.lock`, then runs the real command in there.

Standard library only, because it must run on a machine that has nothing but Python.
`python3 manage.py` serves Docket; `python3 manage.py --help` lists what else there is.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("Docket needs Python 3.11 or newer, and this is Python %d.%d." % sys.version_info[:2])

import contextlib
import hashlib
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

if os.name == "nt":
    sys.exit("Docket runs on Linux and macOS. On Windows, use the Windows Subsystem for Linux.")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "docket.stamp"
BOOTSTRAP = ROOT / ".bootstrap"
UV = "uv==0.13.9"
NO_PACKAGES = """Docket could not fetch its packages; the reason stands above.
Check the network, or the proxy and index settings of uv and pip, and run the same command again."""


def say(sentence: str) -> None:
    """Tell the person what goes on, without mixing it into a command's own output."""
    print(sentence, file=sys.stderr, flush=True)


def stamp(*, dev: bool) -> str:
    """Return what the stamp must say for an environment made from the present lock."""
    return f"{hashlib.sha256((ROOT / 'uv.lock').read_bytes()).hexdigest()} {'dev' if dev else 'run'}"


def ready(*, dev: bool) -> bool:
    """Tell whether `.venv` was made from the present lock; one with the tools serves without them too."""
    try:
        kept = STAMP.read_text()
    except FileNotFoundError:
        return False
    return PYTHON.exists() and kept in {stamp(dev=True), stamp(dev=dev)}


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Wait until no other start is setting up, and keep the next one waiting."""
    import fcntl

    BOOTSTRAP.mkdir(exist_ok=True)
    with (BOOTSTRAP / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def succeeds(*command: str | Path, **env: str) -> bool:
    """Run a command with the user's environment and `env`, and tell whether it went well."""
    import subprocess

    own = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    return subprocess.run(command, cwd=ROOT, env={**own, **env}, check=False).returncode == 0


def pip_for(folder: Path) -> list[str | Path] | None:
    """Make a virtual environment and return the pip command that installs into it, or None without pip.

    The running Python's own pip is preferred: Debian's `venv` comes without one.
    """
    python = folder / "bin" / "python"
    pip = importlib.util.find_spec("pip") is not None
    if not python.exists() and not succeeds(sys.executable, "-m", "venv", *["--without-pip"] * pip, folder):
        return None
    return [sys.executable, "-m", "pip", "--python", python] if pip else [python, "-m", "pip"]


def find_uv() -> str | Path | None:
    """Return uv from the PATH or the user's own folder, else a private one installed by pip, else None."""
    import shutil

    private = BOOTSTRAP / "bin" / "uv"
    places = [Path.home() / ".local" / "bin" / "uv", private]
    found = shutil.which("uv") or next((place for place in places if place.exists()), None)
    if found:
        return found
    pip = pip_for(BOOTSTRAP)
    return private if pip and succeeds(*pip, "install", "--quiet", UV) else None


def sync_with_uv(*, dev: bool) -> bool:
    """Bring `.venv` to the lock with uv, with the tools for `check` and `test`; otherwise tools that are there stay."""
    uv = find_uv()
    if uv is None:
        return False
    kind = [] if dev else ["--no-dev", "--inexact"]
    python = [] if PYTHON.exists() else ["--python", sys.executable]
    env = {"UV_PROJECT_ENVIRONMENT": str(VENV), "UV_PYTHON_DOWNLOADS": "never"}
    # Compiled now, as pip does too: reading 2,000 modules as source takes every start three seconds longer.
    return succeeds(uv, "sync", "--frozen", "--quiet", "--compile-bytecode", *kind, *python, **env)


def sync_with_pip(*, dev: bool) -> bool:
    """Bring `.venv` to the exported lock with pip, for places where uv can't be had."""
    pip = pip_for(VENV)
    if not pip or not succeeds(*pip, "install", "--quiet", "--requirement", "requirements.txt"):
        return False
    if not dev:
        return True
    fresh = succeeds(*pip, "install", "--quiet", "--upgrade", "pip")  # older ones know no --group
    return fresh and succeeds(PYTHON, "-m", "pip", "install", "--quiet", "--group", "dev")


def set_up(*, dev: bool) -> None:
    """Make `.venv` fit the lock, once, whatever the number of starts; exits with a sentence when it can't."""
    import shutil

    with alone():
        if ready(dev=dev):
            return
        say("Setting up Docket's packages. The first time takes up to a minute.")
        STAMP.unlink(missing_ok=True)
        if not PYTHON.exists():
            shutil.rmtree(VENV, ignore_errors=True)  # its Python went away, or it was left half made
        if not sync_with_uv(dev=dev):
            say("uv did not manage; trying pip.")
            if not sync_with_pip(dev=dev):
                sys.exit(NO_PACKAGES)
        STAMP.write_text(stamp(dev=dev))


def main(arguments: list[str]) -> None:
    """Set up what the command needs and become it; the caller's folder stays the current one."""
    dev = arguments[:1] in (["check"], ["test"])
    try:
        if not ready(dev=dev):
            set_up(dev=dev)
    except OSError as error:
        sys.exit(f"Docket could not be set up in {ROOT}: {error.strerror} ({error.filename}).")
    except KeyboardInterrupt:
        sys.exit("Stopped while setting up. Run the same command again to go on.")
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    # -P: a folder named lib in the caller's folder must not be taken for Docket's own.
    os.execve(PYTHON, [str(PYTHON), "-P", "-m", "commands", *arguments], env)


if __name__ == "__main__":
    main(sys.argv[1:])
