"""The limit on open files and connections of this process. Each open browser tab needs four."""

import resource

FILES_PER_TAB = 4
WANTED_LIMIT = 65536
"""The limit that is requested where the system allows it."""


def get_limit() -> int:
    """Return the current limit."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def max_limit() -> int:
    """Return the limit after `raise_limit`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(soft, WANTED_LIMIT if hard == resource.RLIM_INFINITY else min(hard, WANTED_LIMIT))


def raise_limit() -> None:
    """Raise this process's limit as far as the system allows. The usual 1,024 are used up by 250 tabs."""
    wanted = max_limit()
    if get_limit() < wanted:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
