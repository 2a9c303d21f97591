"""The database: whether it answers, has today's schema and an administrator, and agrees on the time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, func, make_url, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from commands.doctor.finding import Finding, ok, problem, warning
from db import engine as engines
from db import opening, schema
from db.models import Event
from lib import transactions
from lib.core import clock, run_marker
from lib.core.settings import Settings
from lib.people import accounts

MAX_CLOCK_DRIFT = timedelta(seconds=30)


def check(settings: Settings, *, full: bool = False) -> Iterator[Finding]:
    """Yield what is found in the database, with `full` on every page of it; nothing in it is changed."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        yield _check_library()
        file = Path(url.database or "")
        if not file.is_file() or not file.stat().st_size:
            yield _check_missing_file(file, settings)
            return
    try:
        with transactions.engine().connect() as connection:
            yield ok("database", f"{connection.dialect.name} answers")
            yield from _check_pages(full=full)
            schemas, current = _check_schema(connection)
            yield schemas
            if current:
                yield _check_clock(connection)
            if connection.dialect.name == "postgresql":
                yield _check_connections(connection, settings.processes)
    except SQLAlchemyError as error:
        yield problem("database", _format_error(error, url))
        return
    if current:
        yield _check_administrator()


def _check_missing_file(file: Path, settings: Settings) -> Finding:
    """Return that there is no database: to be expected before the first start, and only then."""
    files = settings.data / "files"
    left = [
        name
        for name, there in (
            ("secret.key", (settings.data / "secret.key").exists()),
            ("files/", files.is_dir() and any(files.iterdir())),
        )
        if there
    ]
    if left == ["secret.key"] and not file.exists():
        return warning(
            "database",
            f"{file} does not exist, although secret.key does. If Docket was never set up here, the next start "
            "creates it. Otherwise, restore the database from a backup first.",
        )
    if left:
        what = "is empty" if file.exists() else "is missing"
        return problem(
            "database",
            f"{file} {what}, although {' and '.join(left)} of an earlier installation exist. "
            "Restore it from a backup. Otherwise, the next start creates an empty database.",
        )
    return warning("database", "None yet. The first start creates it.")


def _check_pages(*, full: bool) -> Iterator[Finding]:
    engine = transactions.engine()
    if engine.dialect.name != "sqlite":
        return
    left = run_marker.has_unclean_stop(engine)
    if not full and not left:
        return
    try:
        opening.check_pages(engine)
    except opening.Unusable as error:
        yield problem("pages", str(error))
    else:
        yield ok("pages", "all pages of the database are intact")
    if left:
        yield warning(
            "last stop", "Docket was not stopped properly. The next start checks the database first."
        )


def _format_error(error: SQLAlchemyError, url: URL) -> str:
    known = opening.to_unusable(error, transactions.engine()) if isinstance(error, DBAPIError) else None
    if known is not None:
        return str(known)
    why = str(getattr(error, "orig", None) or error).splitlines()[0]
    return f"{url.render_as_string(hide_password=True)} does not answer: {why}"


def _check_library() -> Finding:
    library = engines.sqlite_library()
    version = library.sqlite_version
    if engines.has_wal_bug(library.sqlite_version_info):
        return warning(
            "SQLite",
            f"{version} can damage a database in its WAL mode, so Docket runs it in its slower mode. "
            "Install the package pysqlite3, or a Python with SQLite 3.51.3 or newer.",
        )
    bundled = "" if library.__name__ == "sqlite3" else ", included with Docket"
    return ok("SQLite", f"{version}{bundled}")


def _check_schema(connection: Connection) -> tuple[Finding, bool]:
    """Return what is found of the schema, and whether it is today's."""
    newer = schema.find_newer_version(connection)
    if newer is not None:
        return problem("schema", newer), False
    if is_current(connection):
        return ok("schema", "up to date"), True
    return warning("schema", "out of date. Make a backup first. The next start updates it."), False


def is_current(connection: Connection) -> bool:
    """Tell whether the database has today's schema."""
    heads = ScriptDirectory.from_config(schema.build_config(connection)).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)


def _check_clock(connection: Connection) -> Finding:
    now = clock.now()
    if connection.dialect.name == "postgresql":
        theirs: datetime = connection.scalar(select(func.clock_timestamp())) or now
        apart = abs(theirs - now)
        if apart > MAX_CLOCK_DRIFT:
            return warning(
                "clock",
                f"The database's clock is {apart.total_seconds():.0f} seconds off from this machine's.",
            )
    last: datetime = connection.scalar(select(func.max(Event.at))) or datetime.min.replace(tzinfo=UTC)
    if last > now + MAX_CLOCK_DRIFT:
        return problem(
            "clock", f"The clock says {now:%Y-%m-%d %H:%M} UTC, but the database has later events."
        )
    return ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def _check_connections(connection: Connection, processes: int) -> Finding:
    most, needed = (
        int(connection.scalar(text("SHOW max_connections")) or 0),
        engines.total_connections(processes),
    )
    if most < needed:
        return warning(
            "connections",
            f"PostgreSQL allows {most}, and {processes} processes open up to {needed}. Raise max_connections.",
        )
    return ok("connections", f"up to {needed} of the {most} that PostgreSQL allows")


def _check_administrator() -> Finding:
    with transactions.see() as session:
        if accounts.count_administrators(session):
            return ok("administrator", "exists")
    return warning("administrator", "None yet. Start Docket and open the link that it prints.")
