"""Slack's Web API and webhooks. Each call sends one message; the caller's queue does all waiting and retrying."""

import re
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from lib.core import settings
from lib.integrations.smtp import Refused, Unreachable

TIMEOUT = 10
"""The timeout of a request to Slack, in seconds."""
_TOKEN_ERRORS = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope"}
)
_RETRY_ERRORS = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)


_MAX_WAIT = 3600
"""The longest wait that Slack may request, in seconds."""
_CODE = re.compile(r"[a-z_]+")
_CONNECTION_ERRORS = (SlackClientError, OSError, HTTPException, ValueError)
"""Errors that mean Slack itself did not answer. A proxy in between may return anything."""


class RateLimited(Exception):
    """Slack asks to wait for `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Slack limits requests. Next try in {seconds} seconds.")
        self.seconds = seconds


class WrongToken(Unreachable):
    """Slack rejects Docket's token."""


def find_user_id(email: str) -> str | None:
    """Return the Slack member id for an email address, or None. Raises RateLimited, Refused, Unreachable."""
    try:
        answer = _build_client().users_lookupByEmail(email=email)
    except SlackApiError as error:
        if _get_error_code(error) == "users_not_found":
            return None
        raise _to_error(error) from error
    except _CONNECTION_ERRORS as error:
        raise Unreachable(f"Slack can't be reached ({type(error).__name__}).") from error
    user: Mapping[str, Any] = answer.get("user") or {}
    return user.get("id")


def post_message(to: str, words: str, blocks: Sequence[dict[str, Any]], *, thread: str | None = None) -> str:
    """Send a message to a person or channel, in `thread` if given. Return the timestamp that can start a thread.

    Raises RateLimited, Refused, Unreachable.
    """
    try:
        answer = _build_client().chat_postMessage(
            channel=to,
            text=words,
            blocks=list(blocks),
            thread_ts=thread,
            unfurl_links=False,
            unfurl_media=False,
        )
    except SlackApiError as error:
        raise _to_error(error) from error
    except _CONNECTION_ERRORS as error:
        raise Unreachable(f"Slack can't be reached ({type(error).__name__}).") from error
    return str(answer.get("ts") or "")


def post_to_webhook(address: str, words: str, blocks: Sequence[dict[str, Any]]) -> None:
    """Send a message through an incoming webhook, which has no threads. Raises RateLimited, Refused, Unreachable."""
    try:
        answer = WebhookClient(address, timeout=TIMEOUT, retry_handlers=[]).send(
            text=words, blocks=list(blocks), unfurl_links=False, unfurl_media=False
        )
    except _CONNECTION_ERRORS as error:
        raise Unreachable(f"The webhook can't be reached ({type(error).__name__}).") from error
    code = answer.status_code
    if code == 429:
        raise _build_rate_limited(answer.headers)
    if code >= 500:
        raise Unreachable(f"The webhook failed ({code}).")
    if code != 200:
        raise Refused(f"The webhook refused the message ({code} {answer.body[:60]}).", permanent=True)


def _build_rate_limited(headers: Mapping[str, Any]) -> RateLimited:
    after = str(next((value for name, value in headers.items() if name.lower() == "retry-after"), "30"))
    return RateLimited(min(int(after), _MAX_WAIT) if after.isdecimal() else 30)


def _build_client() -> WebClient:
    now = settings.current()
    token = now.slack_bot_token.get_secret_value() if now.slack_bot_token else ""
    return WebClient(token=token, base_url=now.slack_api_url, timeout=TIMEOUT, retry_handlers=[])


def _get_error_code(error: SlackApiError) -> str:
    data = error.response.data
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def _to_error(error: SlackApiError) -> Exception:
    code, said = error.response.status_code, _get_error_code(error)
    if code == 429 or said == "ratelimited":
        return _build_rate_limited(error.response.headers)
    if said in _TOKEN_ERRORS:
        return WrongToken(f"Slack rejected Docket's token ({said}).")
    if code >= 500 or said in _RETRY_ERRORS:
        return Unreachable(f"Slack failed ({code} {said}).")
    if not _CODE.fullmatch(said):
        return Unreachable(f"Something other than Slack answered ({code}).")
    return Refused(f"Slack refused the message ({said}).", permanent=True)
