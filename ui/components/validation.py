"""What a browser sends may be anything: each of these gives the value when it is as it should be, or None."""

LONGEST = 400_000
"""Characters. Far above the limits of the fields, which the verbs hold; this one only bounds memory."""

MOST = 200


def words(value: object) -> str | None:
    """A text that can be stored."""
    if not isinstance(value, str) or len(value) > LONGEST:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return None
    return value


def texts(value: object) -> tuple[str, ...] | None:
    """A list of short names, as a tuple without repetition."""
    if not isinstance(value, list) or len(value) > MOST:
        return None
    if not all(isinstance(each, str) and 0 < len(each) <= 64 for each in value):
        return None
    return tuple(dict.fromkeys(value))


def whole(value: object) -> int | None:
    """A whole number that is neither negative nor large."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST else None


def number(value: object) -> int | None:
    """A positive whole number that a database can hold: an id, a version, a count."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63 else None
