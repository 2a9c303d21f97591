"""Unexpected errors while sending: only the message that caused one fails, visible to administrators."""

import structlog

from db.models import Message
from lib import transactions
from lib.notifications.delivery import outbox

log = structlog.get_logger(__name__)


def mark_failed(message: Message, error: Exception) -> None:
    """Mark a message as permanently failed because of an unexpected error, and log the error."""
    log.error("a message could not be sent", message=message.id, exc_info=error)
    words = f"Docket could not send this message because of an unexpected error ({type(error).__name__}). "
    with transactions.act() as session:
        outbox.mark_failed(session, message, f"{words}The log has the details.", permanent=True)
