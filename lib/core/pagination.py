"""Pagination cursors: signed positions in a list, valid only for the list they were made for."""

from datetime import UTC, date, datetime
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from lib.core import settings
from lib.core.errors import Invalid


def format_cursor(of: str, *position: object) -> str:
    """Return the cursor for what follows a position (numbers, dates or times) in the list named `of`."""
    return str(_serializer(of).dumps([_to_json_value(each) for each in position]))


def parse_cursor(of: str, cursor: str | None, *, length: int) -> list[Any] | None:
    """Return the `length` values of a position in the list named `of`, times in UTC, or None without a cursor.

    Raises Invalid for a cursor that is not signed by Docket or belongs to another list.
    """
    if not cursor:
        return None
    try:
        position = [_from_json_value(each) for each in _serializer(of).loads(cursor)]
    except (BadSignature, ValueError, TypeError):
        raise build_cursor_error() from None
    if len(position) != length:
        raise build_cursor_error()
    return position


def parse_id_cursor(of: str, cursor: str | None) -> int | None:
    """Return the id after which the next page of the list named `of` starts, or None without a cursor.

    Raises Invalid for a cursor that is not signed by Docket or belongs to another list.
    """
    position = parse_cursor(of, cursor, length=1)
    return int(position[0]) if position else None


def build_cursor_error() -> Invalid:
    """Return the Invalid error for a bad cursor."""
    return Invalid(
        "This page of the list no longer exists. Start again from the first page.",
        fields={"cursor": "Not valid here."},
    )


def _serializer(of: str) -> URLSafeSerializer:
    return URLSafeSerializer(settings.current().key(), salt=f"cursor:{of}")


def _to_json_value(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _from_json_value(value: object) -> object:
    if not isinstance(value, str):
        return value
    if len(value) == len("2026-01-31"):
        return date.fromisoformat(value)
    return datetime.fromisoformat(value).astimezone(UTC)
