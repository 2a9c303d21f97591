"""What a browser sends may be anything: each of these gives the value when it is as it should be, or None."""

MAX_CHARACTERS = 400_000
"""Characters. Far above the limits of the fields, which the verbs hold; this one only bounds memory."""

MAX_ITEMS = 200


def parse_text(value: object) -> str | None:
    """A text that can be stored."""
    if not isinstance(value, str) or len(value) > MAX_CHARACTERS:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return None
    return value


def parse_names(value: object) -> tuple[str, ...] | None:
    """A list of short names, as a tuple without repetition."""
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        return None
    if not all(isinstance(each, str) and 0 < len(each) <= 64 for each in value):
        return None
    return tuple(dict.fromkeys(value))


def parse_count(value: object) -> int | None:
    """A whole number that is neither negative nor large."""
    return (
        value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_ITEMS else None
    )


def parse_positive_int(value: object) -> int | None:
    """A positive whole number that a database can hold: an id, a version, a count."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63 else None
