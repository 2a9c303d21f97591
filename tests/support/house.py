"""A running Docket with a company in it, for tests that attack it over the wire."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import col, select

from db import engine as engines
from db.models import Event
from lib import transactions
from lib.transactions import see
from tests import cast
from tests.support.server import Server
from tests.support.unscoped import UNSCOPED


@dataclass(frozen=True)
class RunningDesk:
    """The server, its people, and a few tickets whose words nobody else may read."""

    server: Server
    engine: Engine
    people: cast.Company
    sams: int
    bobs: int

    @property
    def url(self) -> str:
        """Where the server listens."""
        return self.server.url

    def here(self) -> "RunningDesk":
        """Let the verbs in this process work on this house's database."""
        transactions.use_engine(self.engine)
        return self

    def audited(self, action: str) -> list[Event]:
        """Return what the audit holds of an action, newest first."""
        with see() as session:
            chosen = select(Event).where(Event.action == action).order_by(col(Event.id).desc())
            return list(session.exec(chosen.execution_options(**UNSCOPED)).all())


SAMS_TITLE, NOTE_BODY, BOBS_TITLE = "Quince-title-7731", "Medlar-note-9904", "Sorrel-title-4410"


def set_up(server: Server, database_url: str) -> RunningDesk:
    """Move a company into a running server; the verbs in this process work on its database."""
    engine = engines.connect(database_url)
    transactions.use_engine(engine)
    people = cast.create_company()
    cast.set_password(people.ada, people.mona, people.rita, people.arun, people.bela, people.sam, people.bob)
    sams = cast.create_ticket(people.sam, SAMS_TITLE, description="Quince-body-2256")
    cast.add_comment(people.rita, sams, NOTE_BODY, internal=True)
    return RunningDesk(server, engine, people, sams, cast.create_ticket(people.bob, BOBS_TITLE))
