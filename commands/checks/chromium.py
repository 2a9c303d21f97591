"""Chromium for the browser tests: found where people have it, or installed where that is possible."""

import os
import shutil
import subprocess
from pathlib import Path

PROGRAM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PROGRAM_PATHS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
MISSING = (
    "The browser tests need Chromium, and there is none. Install Chromium or Google Chrome, "
    "or set CHROME to the program's path, and run the tests again."
)


def find() -> str | None:
    """Return the path of Chromium or Chrome: what CHROME says, else the PATH, else the usual places."""
    named = os.environ.get("CHROME")
    if named:
        return shutil.which(named)
    on_path = (shutil.which(name) for name in PROGRAM_NAMES)
    return next(filter(None, on_path), None) or next((str(p) for p in PROGRAM_PATHS if p.exists()), None)


def install() -> str | None:
    """Install Chromium with apt where we are root on Debian or a relative; return its path or None."""
    if os.environ.get("CHROME") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("Installing Chromium for the browser tests …", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "chromium", "fonts-liberation"]):
        if subprocess.run(["apt-get", "-qq", *words], env=env, check=False).returncode != 0:
            return None
    return find()
