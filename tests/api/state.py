"""A fingerprint of everything that a request might change."""

import hashlib

from sqlalchemy import select
from sqlmodel import SQLModel

from lib import transactions

ASIDE = {"event", "sign_in", "api_token", "attempt"}
"""Refusals are recorded, and tokens and sessions are marked as used."""


def fingerprint() -> str:
    """Return a hash of all rows that belong to the desk's business."""
    made = hashlib.sha256()
    with transactions.engine().connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            if table.name not in ASIDE:
                for row in sorted(map(repr, connection.execute(select(table)))):
                    made.update(f"{table.name} {row}\n".encode())
    return made.hexdigest()
