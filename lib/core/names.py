"""Name comparison: names are the same when they differ only in case, accents or spaces."""

from collections.abc import Iterable

from lib.core import text
from lib.core.errors import Invalid


def key(name: str) -> str:
    """Return the key by which names are compared: without case and accents, with single spaces."""
    return text.fold_case_and_accents(" ".join(name.split()))


def must_be_free(name: str, taken: Iterable[str], *, what: str, hint: str = "Choose another name.") -> str:
    """Return `name`, or raise Invalid when `taken` contains it. `what` is the kind of thing it names."""
    wanted = key(name)
    other = next((each for each in taken if key(each) == wanted), None)
    if other is not None:
        raise Invalid(f"The {what} “{other}” exists already. {hint}", fields={"name": "Already in use."})
    return name
