"""How many files and connections this process may have open: each open tab needs four."""

import resource

FILES_PER_TAB = 4
WANTED_LIMIT = 65536
"""What is asked for where the system allows it."""


def get_limit() -> int:
    """Return how many may be open at present."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def max_limit() -> int:
    """Return how many may be open after `raise_limit`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(soft, WANTED_LIMIT if hard == resource.RLIM_INFINITY else min(hard, WANTED_LIMIT))


def raise_limit() -> None:
    """Allow this process as many as the system lets it have: the usual 1,024 are used up by 250 tabs."""
    wanted = max_limit()
    if get_limit() < wanted:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
