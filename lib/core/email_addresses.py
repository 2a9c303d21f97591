"""Email addresses as Docket keeps them and writes to them: in small letters and in ASCII."""

from functools import cache, partial
from typing import Any

ENCODED_WORD = "=?"
"""How an encoded word begins, which mail programs may decode in an address too."""


def parse(value: str) -> str:
    """Return an address in the form that is kept; a domain in another script becomes its ASCII form.

    Nothing is asked of the network. Raises ValueError with a sentence that says what is wrong.
    """
    from email_validator import EmailNotValidError

    if ENCODED_WORD in value:
        raise ValueError("An email address can't contain =?.")
    try:
        found = _build_validator()(value.strip().lower())
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    return found.ascii_email.lower()


@cache
def _build_validator() -> Any:
    """Return the library's function; names that only a network of one's own knows, as .local, are fine here."""
    import email_validator

    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    return partial(
        email_validator.validate_email,
        allow_smtputf8=False,
        check_deliverability=False,
        globally_deliverable=False,
        strict=True,
    )
