"""Through which media this Docket can tell people something at all."""

from db.vocabulary import NotificationChannel
from lib.core import settings


def list_configured() -> frozenset[NotificationChannel]:
    """Return the media that are set up; the pages themselves always are."""
    now = settings.current()
    mail = {NotificationChannel.MAIL} if now.smtp_host and now.smtp_from else set()
    slack = {NotificationChannel.SLACK} if now.slack_bot_token else set()
    return frozenset({NotificationChannel.DOCKET} | mail | slack)
