"""Numbers, each of which opens the tickets it counts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from db.vocabulary import StatusCategory
from ui.components.registration import renderer


@dataclass(frozen=True, slots=True)
class Figure:
    """One number in words: "12", what it counts, its tickets' address, a quiet line; `kind` lends it its mark."""

    value: str
    label: str
    href: str
    note: str = ""
    kind: StatusCategory | None = None
    quiet: bool = False
    """Whether there is nothing to do about it, so that it steps back."""


def figures(items: Sequence[Figure], *, key: str, label: str, small: bool = False) -> None:
    """Show `items` as cards, each a real link, or in a `small` line; `label` names them for people who hear it."""
    renderer("figures")(
        key=key, data={"label": label, "small": small, "items": [asdict(item) for item in items]}
    )
