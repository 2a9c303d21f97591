"""How many processes serve, and whether this machine has the cores and the memory for them."""

import os
from collections.abc import Iterator

from commands.doctor.finding import Finding, ok, warning
from lib.core import settings as chosen
from lib.core.settings import Settings

MEGABYTES_EACH = 250
"""What a process takes with some hundred tabs open; `bench.load` prints it."""


def check(settings: Settings) -> Iterator[Finding]:
    """Yield what is found about the processes."""
    count, cores, memory = settings.processes, chosen.cpu_count(), _get_memory()
    needed = count * MEGABYTES_EACH
    if count > cores:
        yield warning(
            "processes",
            f"{count}, but only {_format_cores(cores)}. More processes than cores don't make Docket faster.",
        )
    elif needed > memory / 2:
        yield warning(
            "processes",
            f"{count} take about {needed:,} MB, more than half of this machine's memory. "
            "Set DOCKET_PROCESSES to fewer.",
        )
    else:
        yield ok("processes", f"{count} for {_format_cores(cores)}, about {needed:,} MB together")


def _format_cores(count: int) -> str:
    return "1 core" if count == 1 else f"{count} cores"


def _get_memory() -> float:
    """Return this machine's memory in megabytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**2
