"""What belongs together: the database, the files that it names, and the key with which its secrets are sealed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, Select, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from commands.doctor.finding import Finding, ok, problem
from db.models import Attachment, SignIn, TeamSlackChannel, Ticket
from lib import transactions
from lib.core import clock
from lib.core.errors import Unavailable
from lib.core.settings import Settings
from lib.integrations import storage

SAMPLE_SIZE = 50
"""Files in a bucket that are looked for without being asked for all of them: the newest."""


@dataclass(frozen=True)
class StoredDesk:
    """What a database holds: whether people have worked with it, and under which names its files are stored."""

    used: bool
    paths: list[str]


def check(settings: Settings, *, full: bool = False) -> Iterator[Finding]:
    """Yield whether files and key fit the database, with `full` for every file; says nothing without a database."""
    every = full or settings.files_url is None
    desk = _load_desk(limit=None if every else SAMPLE_SIZE)
    if desk is None:
        return
    key = settings.data / "secret.key"
    if settings.secret_key is None and not key.exists():
        yield (
            problem(
                "secret key",
                f"{key} is missing, although Docket is in use. Restore it from a backup. With a new one, webhooks "
                "must be entered again, and links in sent emails stop working.",
            )
            if desk.used
            else ok("secret key", "The first start creates one.")
        )
    try:
        yield from _check_files(settings, desk, every=every)
    except Unavailable:
        return  # whether the store can be reached is looked at elsewhere


def _load_desk(*, limit: int | None) -> StoredDesk | None:
    engine = transactions.engine()
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file():
        return None
    try:
        return _query_desk(engine, limit=limit)
    except SQLAlchemyError:
        return None


def _query_desk(engine: Engine, *, limit: int | None) -> StoredDesk:
    with engine.connect() as connection:
        if not inspect(connection).has_table("attachment"):
            return StoredDesk(used=False, paths=[])
        newest = select(col(Attachment.path)).where(col(Attachment.removed_at).is_(None))
        paths = connection.scalars(newest.order_by(col(Attachment.created_at).desc()).limit(limit)).all()
        return StoredDesk(used=bool(paths) or _is_used(connection), paths=list(paths))


def _is_used(connection: Connection) -> bool:
    """Tell whether somebody was signed in, wrote something or entered a secret that is sealed."""
    sealed = select(col(TeamSlackChannel.team_id)).where(col(TeamSlackChannel.webhook).is_not(None))
    rows: tuple[Select, ...] = (select(col(Ticket.id)), select(col(SignIn.id)), sealed)
    return any(connection.execute(each.limit(1)).first() for each in rows)


def _check_files(settings: Settings, desk: StoredDesk, *, every: bool) -> Iterator[Finding]:
    if not desk.paths and settings.files_url is None and not Path(settings.files).is_dir():
        return
    there = _find_stored(desk.paths, every=every)
    missing = [path for path in desk.paths if path not in there]
    where = "the file store" if settings.files_url else settings.files
    looked = f"{len(desk.paths)} files" if every else f"the newest {len(desk.paths)} files"
    if missing:
        yield problem(
            "stored files",
            f"{len(missing)} of {looked} are missing in {where}. "
            "Restore them from a backup, or check DOCKET_FILES_URL.",
        )
    elif there and not desk.used:
        yield problem(
            "stored files",
            f"There are files in {where}, but the database is empty. If they belong to an earlier installation, "
            "restore its database from a backup before you start Docket.",
        )
    else:
        yield ok("stored files", f"{looked} found")


def _find_stored(paths: list[str], *, every: bool) -> set[str]:
    if not every:
        return {path for path in paths if storage.exists(path)}
    return {name for some in storage.list_before(before=clock.now(), limit=1000) for name in some}
