"""Time things and print tables."""

import time
from collections.abc import Callable, Sequence


def timed(deed: Callable[[], object], *, times: int) -> list[float]:
    """Return how long `deed` took, in milliseconds, after one go that does not count."""
    deed()
    found = []
    for _ in range(times):
        began = time.perf_counter()
        deed()
        found.append((time.perf_counter() - began) * 1000)
    return found


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that `percent` of the values do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(percent / 100 * len(ordered)))] if ordered else 0.0


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return rows under a head, the first column to the left and the others to the right."""
    shown = [[cell if isinstance(cell, str) else _number(cell) for cell in row] for row in (head, *rows)]
    wide = [max(len(row[n]) for row in shown) for n in range(len(head))]
    return "\n".join(
        "  ".join(
            c.ljust(w) if n == 0 else c.rjust(w) for n, (c, w) in enumerate(zip(row, wide, strict=True))
        )
        for row in shown
    )


def _number(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
