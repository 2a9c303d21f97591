"""How a person is shown in the room of a coin: initials, and a tint that is always the same one."""

import zlib

TONES = 4


def initials(name: str) -> str:
    """Return up to two letters; a question mark where a name has none."""
    return "".join(part[0] for part in name.split()[:2] if part[0].isalnum()).upper() or "?"


def tone(name: str) -> int:
    """Return the number of the tint, 0 to 3."""
    return zlib.crc32(name.encode(errors="replace")) % TONES
