"""The data folder: whether it can be written, who else can read it, and how full its disk is."""

import os
import shutil
import stat
from collections.abc import Iterator

from commands.doctor.finding import Finding, ok, problem, warning
from lib.core import open_files
from lib.core.settings import Settings, SettingsError

MIN_OPEN_FILES = 2048
"""Open files below which to warn."""
LOW_SPACE, CRITICAL_SPACE = 2 * 1024**3, 256 * 1024**2
"""Bytes free on the data folder's disk below which to warn, and to call it a problem."""


def check(settings: Settings) -> Iterator[Finding]:
    """Yield what is found in the data folder."""
    folder = settings.data.resolve()
    if not folder.exists():
        yield warning("data folder", f"{folder} is not there yet. The first start makes it.")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield problem("data folder", f"{folder} can't be written by this user.")
        return
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        yield warning(
            "data folder", f"Others on this machine can look into {folder}. Run: chmod 700 {folder}"
        )
    else:
        yield ok("data folder", f"{folder}, for its owner alone")
    if settings.secret_key is not None or (settings.data / "secret.key").exists():
        yield _check_key(settings)
    yield _check_settings_file(settings)
    yield _check_open_files()
    free = shutil.disk_usage(folder).free
    left = f"{free / 1024**3:.1f} GB are free on its disk"
    if free < CRITICAL_SPACE:
        yield problem("disk", f"{left}. Make room now, or nothing can be saved.")
    elif free < LOW_SPACE:
        yield warning("disk", f"{left}. Make room soon.")
    else:
        yield ok("disk", left)


def _check_open_files() -> Finding:
    most = open_files.max_limit()
    tabs = most // open_files.FILES_PER_TAB
    if most < MIN_OPEN_FILES:
        return warning(
            "open files",
            f"{most} may be open, enough for {tabs} open tabs. Raise the hard limit (ulimit -Hn, or LimitNOFILE= in "
            "a systemd unit).",
        )
    return ok("open files", f"{most} may be open, enough for {tabs} open tabs")


def _check_key(settings: Settings) -> Finding:
    file = settings.data / "secret.key"
    try:
        settings.key()
    except SettingsError as error:
        return problem("secret key", str(error))
    return ok(
        "secret key", "from the settings" if settings.secret_key else f"{file.name}, for its owner alone"
    )


def _check_settings_file(settings: Settings) -> Finding:
    file = settings.data / "docket.toml"
    if not file.exists():
        return ok("settings file", "none; the environment and the defaults count")
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        return warning(
            "settings file", f"Others can read {file}, which may hold secrets. Run: chmod 600 {file}"
        )
    return ok("settings file", f"{file.name}, for its owner alone")
