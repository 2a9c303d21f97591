"""Email addresses in the form in which they are stored and used: lowercase and ASCII."""

from functools import cache, partial
from typing import Any

ENCODED_WORD = "=?"
"""How an encoded word begins. Some mail programs decode it even inside an address."""


def parse(value: str) -> str:
    """Return an address in its stored form. A domain in another script is converted to ASCII.

    No network access. Raises ValueError with a sentence that says what is wrong.
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
    """Return the library's validator, configured to allow names of local networks such as .local."""
    import email_validator

    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    return partial(
        email_validator.validate_email,
        allow_smtputf8=False,
        check_deliverability=False,
        globally_deliverable=False,
        strict=True,
    )
