"""A desk that is open: its server, its database, and the people who work there and ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from db import engine as engines
from lib import transactions
from tests import cast
from tests.support.server import Server


@dataclass(frozen=True)
class Office:
    """An open desk; `furnished` is what the module's `furnish(people)` returned, which put things on it."""

    server: Server
    engine: Engine
    people: cast.Company
    furnished: Any = None

    @property
    def url(self) -> str:
        """Where it is."""
        return self.server.url


@contextmanager
def at(database_url: str) -> Iterator[Engine]:
    """Let the verbs of this process work on a database that a server has open too."""
    engine = engines.connect(database_url)
    transactions.use_engine(engine)
    try:
        yield engine
    finally:
        engine.dispose()
