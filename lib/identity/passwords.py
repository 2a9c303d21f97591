"""Passwords: a minimum length and no well-known ones, instead of composition rules; verified exactly as typed.

Rules follow NIST SP 800-63B-4: 15 characters, or 8 with a second factor; no composition rules, no hints.
"""

import re
import threading
import unicodedata

import argon2
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from lib.core.errors import Invalid

MIN_LENGTH, MIN_LENGTH_WITH_SECOND_FACTOR, MAX_LENGTH = 15, 8, 128
GUESSABLE_WORDS = ("docket", "ticket", "servicedesk", "helpdesk", "support")

_hasher = argon2.PasswordHasher()
_slots = threading.BoundedSemaphore(2)
"""The most hashes computed at once. Each takes 64 MiB, so more would let sign-in attempts exhaust the memory."""
_common = frozenset(FREQUENCY_LISTS["passwords"])
_leet = str.maketrans("013457@$!", "oleastasi")


def _normalize(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def check_strength(password: str, *, second_factor: bool, about: tuple[str, ...] = ()) -> None:
    """Raise Invalid with the reason unless `password` is good enough. `about` holds the person's name and address."""
    least = MIN_LENGTH_WITH_SECOND_FACTOR if second_factor else MIN_LENGTH
    if len(password) < least:
        more = "" if second_factor else " A phrase of several unusual words is easy to remember."
        raise _weak_error(f"Use at least {least} characters.{more}")
    if len(password) > MAX_LENGTH:
        raise _weak_error(f"Use at most {MAX_LENGTH} characters.")
    if "\x00" in password or any("\ud800" <= c <= "\udfff" for c in password):
        raise _weak_error("It contains a character that can't be typed reliably.")
    if _is_guessable(password, about):
        raise _weak_error("It is too easy to guess. Choose something else.")


def _weak_error(reason: str) -> Invalid:
    return Invalid(f"That password can't be used. {reason}", fields={"password": reason})


def _is_guessable(password: str, about: tuple[str, ...]) -> bool:
    small = password.casefold()
    if small in _common:
        return True
    known = {*GUESSABLE_WORDS, *(w for part in about for w in re.findall(r"\w{4,}", part.casefold()))}
    known |= {whole for part in about if (whole := re.sub(r"[^a-z]", "", part.casefold().partition("@")[0]))}
    for letters in {re.sub(r"[^a-z]", "", small), re.sub(r"[^a-z]", "", small.translate(_leet))}:
        rest = letters
        for word in sorted(known, key=len, reverse=True):
            rest = rest.replace(word, "")
        if letters and len(rest) < 4 and len(rest) < len(letters):
            return True
        word = _repeated_part(letters)
        if len(word) >= 4 and word in _common:
            return True
    return False


def _repeated_part(letters: str) -> str:
    found = (letters + letters).find(letters, 1)
    return letters[:found] if 0 < found < len(letters) else letters


def hash_password(password: str) -> str:
    """Return the Argon2id hash of `password`."""
    with _slots:
        return _hasher.hash(_normalize(password))


_UNMATCHABLE_HASH = hash_password("nobody has this password")


def verify(password: str, *, against: str | None) -> bool:
    """Return whether `password` matches a hash. For None (no account), it takes as long and returns False."""
    if len(password) > MAX_LENGTH:
        password = ""
    with _slots:
        try:
            _hasher.verify(
                against or _UNMATCHABLE_HASH, _normalize(password).encode("utf-8", "surrogatepass")
            )
        except argon2.exceptions.VerificationError:
            return False
        return bool(against)


def needs_rehash(stored: str) -> bool:
    """Return whether a stored hash should be replaced by one with the current cost."""
    return _hasher.check_needs_rehash(stored)
