"""The tests: pytest in two or more processes, counted from its own report."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from commands.checks import chromium
from commands.shell.data import ROOT

MAX_PROCESSES = 4  # each has a PostgreSQL, a server and a browser of its own


@dataclass(frozen=True)
class Count:
    """How many tests went which way."""

    passed: int
    failed: int
    skipped: int


def parse_report(report: Path, code: int) -> Count:
    """Return what pytest's JUnit report says; failing without a failed test counts as one failure."""
    try:
        suites = ElementTree.parse(report).getroot().iter("testsuite")  # noqa: S314 - pytest wrote it just now
        sums = {key: 0 for key in ("tests", "failures", "errors", "skipped")}
        for suite in suites:
            for key in sums:
                sums[key] += int(suite.get(key, 0))
    except (FileNotFoundError, ElementTree.ParseError):
        return Count(0, 1, 0)
    failed = sums["failures"] + sums["errors"]
    passed = sums["tests"] - failed - sums["skipped"]
    return Count(max(passed, 0), failed or int(code != 0), sums["skipped"])


def run(options: Sequence[str], arguments: Sequence[str] = (), *, coverage: bool = False) -> Count:
    """Run the tests with `options` of tests/conftest.py and `arguments` for pytest alone, and return the count.

    Without arguments several processes share them, files kept together; tests/support/choosing.py sorts them.
    """
    browser = chromium.find() or chromium.install()
    if browser is None:
        print(chromium.MISSING, flush=True)
    env = {**os.environ, **({"CHROME": browser} if browser else {})}
    env.pop("DOCKET_DATA", None)  # tests have their own
    env.pop(
        "PYTHONDONTWRITEBYTECODE", None
    )  # dozens of servers start here, and each would compile Docket anew
    processes = min(MAX_PROCESSES, max(2, os.cpu_count() or 2))
    shared = [f"--numprocesses={processes}", "--dist=loadfile", "--no-loadscope-reorder"]
    spread = [] if arguments else shared
    under = ["-m", "coverage", "run"] if coverage else []
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable,
            *under,
            "-m",
            "pytest",
            f"--junit-xml={report}",
            *spread,
            *options,
            *arguments,
        ]
        code = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
        return parse_report(report, code)
