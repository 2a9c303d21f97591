"""Names: two are the same when they differ only in case, accents or blanks."""

from collections.abc import Iterable

from lib.core import text
from lib.core.errors import Invalid


def key(name: str) -> str:
    """Return what tells names apart: their letters without case and accents, with single blanks."""
    return text.fold_case_and_accents(" ".join(name.split()))


def must_be_free(name: str, taken: Iterable[str], *, what: str, hint: str = "Choose another name.") -> str:
    """Return `name`; raise Invalid when one of the names in `taken` is the same. `what` says of what it is a name."""
    wanted = key(name)
    other = next((each for each in taken if key(each) == wanted), None)
    if other is not None:
        raise Invalid(f"The {what} “{other}” exists already. {hint}", fields={"name": "Already in use."})
    return name
