"""The database: whether it answers, has today's schema and an administrator, and agrees on the time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from commands.checkup.finding import Finding, ok, problem, warning
from db import engine as engines
from db import schema
from db.models import Event
from lib import clock, transactions
from lib.people import accounts
from lib.settings import Settings

DRIFT = timedelta(seconds=30)


def look(settings: Settings) -> Iterator[Finding]:
    """Yield what is found in the database; nothing in it is changed."""
    url = make_url(settings.database)
    lite = url.get_backend_name() == "sqlite"
    if lite:
        yield _library()
    if lite and not (settings.data / "docket.db").exists() and settings.database_url is None:
        yield warning("database", "There is none yet. The first start makes it.")
        return
    try:
        with transactions.engine().connect() as connection:
            yield ok("database", f"{connection.dialect.name} answers")
            current = _is_current(connection)
            yield (
                ok("schema", "is today's")
                if current
                else warning(
                    "schema", "is not today's. The next start brings it up to date; make a copy first."
                )
            )
            if current:
                yield _time(connection)
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", None) or error).splitlines()[0]
        yield problem("database", f"{url.render_as_string(hide_password=True)} does not answer: {why}")
        return
    if current:
        yield _administrator()


def _library() -> Finding:
    library = engines.sqlite_library()
    version = library.sqlite_version
    if engines.affected(library.sqlite_version_info):
        return warning(
            "SQLite",
            f"{version} can damage a database in its WAL mode, so Docket runs it in its slower mode. "
            "Install the package pysqlite3, or a Python with SQLite 3.51.3 or newer.",
        )
    bundled = "" if library.__name__ == "sqlite3" else ", which Docket brings along"
    return ok("SQLite", f"{version}{bundled}")


def _is_current(connection: Connection) -> bool:
    heads = ScriptDirectory.from_config(schema.config(connection)).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)


def _time(connection: Connection) -> Finding:
    now = clock.now()
    if connection.dialect.name == "postgresql":
        theirs: datetime = connection.scalar(select(func.clock_timestamp())) or now
        apart = abs(theirs - now)
        if apart > DRIFT:
            return warning(
                "clock", f"The database's clock is {apart.total_seconds():.0f} seconds off this one."
            )
    last: datetime = connection.scalar(select(func.max(Event.at))) or datetime.min.replace(tzinfo=UTC)
    if last > now + DRIFT:
        return problem("clock", f"It is {now:%Y-%m-%d %H:%M} UTC here, but something happened later already.")
    return ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def _administrator() -> Finding:
    with transactions.see() as session:
        if accounts.administrators(session):
            return ok("administrator", "there is one")
    return warning("administrator", "There is none yet. Start Docket and open the link that it prints.")
