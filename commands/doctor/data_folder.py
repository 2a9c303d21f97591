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
        yield warning("data folder", f"{folder} doesn't exist yet. The first start creates it.")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield problem("data folder", f"{folder} isn't writable for this user.")
        return
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        yield warning(
            "data folder", f"Other users of this machine can read {folder}. Run: chmod 700 {folder}"
        )
    else:
        yield ok("data folder", f"{folder}, readable by its owner only")
    if settings.secret_key is not None or (settings.data / "secret.key").exists():
        yield _check_key(settings)
    yield _check_settings_file(settings)
    yield _check_open_files()
    free = shutil.disk_usage(folder).free
    left = f"{free / 1024**3:.1f} GB free on its disk"
    if free < CRITICAL_SPACE:
        yield problem("disk", f"{left}. Free some space now, or nothing can be saved.")
    elif free < LOW_SPACE:
        yield warning("disk", f"{left}. Free some space soon.")
    else:
        yield ok("disk", left)


def _check_open_files() -> Finding:
    most = open_files.max_limit()
    tabs = most // open_files.FILES_PER_TAB
    if most < MIN_OPEN_FILES:
        return warning(
            "open files",
            f"limit of {most}, enough for {tabs} open tabs. Raise the hard limit (ulimit -Hn, or LimitNOFILE= in "
            "a systemd unit).",
        )
    return ok("open files", f"limit of {most}, enough for {tabs} open tabs")


def _check_key(settings: Settings) -> Finding:
    file = settings.data / "secret.key"
    try:
        settings.key()
    except SettingsError as error:
        return problem("secret key", str(error))
    return ok(
        "secret key",
        "from the settings" if settings.secret_key else f"{file.name}, readable by its owner only",
    )


def _check_settings_file(settings: Settings) -> Finding:
    file = settings.data / "docket.toml"
    if not file.exists():
        return ok("settings file", "none, using the environment and the defaults")
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        return warning(
            "settings file", f"Other users can read {file}, which may contain secrets. Run: chmod 600 {file}"
        )
    return ok("settings file", f"{file.name}, readable by its owner only")
