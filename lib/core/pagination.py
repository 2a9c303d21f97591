"""Places in a list that only this desk can make: signed, and good for the list they were made for."""

from itsdangerous import BadSignature, URLSafeSerializer

from lib.core import settings
from lib.core.errors import Invalid


def format_cursor(of: str, after: int) -> str:
    """Return the cursor for what comes after (or before) the id `after` in the list named `of`."""
    return str(_serializer(of).dumps(after))


def parse_cursor(of: str, cursor: str | None) -> int | None:
    """Return the id that a cursor holds, or None without one; raises Invalid for another list's."""
    if cursor is None:
        return None
    try:
        return int(_serializer(of).loads(cursor))
    except (BadSignature, ValueError, TypeError):
        raise Invalid(
            "This page of the list no longer exists. Start again from the first page.",
            fields={"cursor": "Not valid here."},
        ) from None


def _serializer(of: str) -> URLSafeSerializer:
    return URLSafeSerializer(settings.current().key(), salt=f"cursor:{of}")
