"""Encryption of secrets that Docket must use itself, so that a copy of the database doesn't reveal them."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken

from lib.core import settings


def encrypt(secret: str) -> str:
    """Return a secret encrypted for storage."""
    return _build_cipher().encrypt(secret.encode()).decode()


def decrypt(sealed: str) -> str | None:
    """Return the decrypted secret, or None when it was encrypted with another key."""
    try:
        return _build_cipher().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _build_cipher() -> Fernet:
    key = hmac.new(settings.current().key(), b"seals", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
