"""Through which media this Docket can tell people something at all."""

from db.vocabulary import Medium
from lib.core import settings


def on() -> frozenset[Medium]:
    """Return the media that are set up; the pages themselves always are."""
    now = settings.current()
    mail = {Medium.MAIL} if now.smtp_host and now.smtp_from else set()
    slack = {Medium.SLACK} if now.slack_bot_token else set()
    return frozenset({Medium.DOCKET} | mail | slack)
