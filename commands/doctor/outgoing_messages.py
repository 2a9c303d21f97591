"""Outgoing messages: what fails, what is late and what is paused."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from commands.doctor import database
from commands.doctor.finding import Finding, ok, problem, warning
from db.vocabulary import Permission
from lib import transactions
from lib.access import gate
from lib.core.errors import Unavailable
from lib.core.settings import Settings, SettingsError
from lib.notifications import channels, queue_admin
from lib.notifications.queue_admin import ChannelStatus


def check(settings: Settings) -> Iterator[Finding]:
    """Yield what is found about messages; without a key or today's schema there is nothing."""
    own = settings.data / "secret.key"
    if settings.secret_key is None and not own.exists():
        return  # looking whether webhooks can be opened would make one
    engine = transactions.engine()
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file():
        return
    try:
        with engine.connect() as connection:
            if not database.is_current(connection):
                return
        with transactions.see() as session:
            found = queue_admin.list_channel_statuses(
                session, gate.system_actor("doctor", Permission.SYSTEM_MANAGE)
            )
    except (SQLAlchemyError, Unavailable, SettingsError):
        return  # others tell of these
    for account in found:
        if account.on or account.owed or account.parked:
            yield from _check_queue(account)


def _check_queue(account: ChannelStatus) -> Iterator[Finding]:
    name = f"{channels.find(account.medium).label} queue"
    found = [problem(name, sentence) for sentence in _list_problems(account)]
    found += [warning(name, sentence) for sentence in _list_warnings(account)]
    yield from found or [ok(name, f"{account.owed} queued, {account.sent} sent in the last 24 hours")]


def _list_problems(account: ChannelStatus) -> Iterator[str]:
    if account.failing_since:
        yield f"{account.error} Failing since {account.failing_since:%Y-%m-%d %H:%M} UTC."
    for channel in account.channels:
        yield f"The channel of {channel.team}: {channel.error}"


def _list_warnings(account: ChannelStatus) -> Iterator[str]:
    if account.parked:
        several = "1 message" if account.parked == 1 else f"{account.parked} messages"
        yield f"{several} failed. See Settings → Outgoing messages for the reasons and to retry."
    if account.paused:
        yield f"Paused. {account.owed} queued."
    elif account.late:
        yield f"{account.late} should have been sent more than five minutes ago."
