"""The ways in and out: the address, the file store, mail and Slack."""

import smtplib
from collections.abc import Iterator
from urllib.parse import urlsplit

from commands.doctor.finding import Finding, ok, problem, warning
from lib.core.settings import Settings
from lib.integrations import storage

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
MAIL_TIMEOUT = 4
"""Seconds that the mail server has to answer."""


def check(settings: Settings) -> Iterator[Finding]:
    """Yield what is found about addresses, files, mail and Slack."""
    yield from _check_address(settings)
    if settings.files_url or settings.data.exists():
        good = storage.is_writable()
        where = settings.files_url or "the data folder"
        yield (
            ok("files", f"can be stored in {_remove_credentials(where)}")
            if good
            else problem(
                "files",
                f"can't be stored in {_remove_credentials(where)}. The folder doesn't exist or isn't writable.",
            )
        )
    yield from _check_mail(settings)
    yield _check_slack(settings)


def _remove_credentials(url: str) -> str:
    """Return an address without a name, password or parameters that may stand in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}" if parts.scheme else url


def _check_address(settings: Settings) -> Iterator[Finding]:
    here = urlsplit(settings.base_url).hostname in LOCAL_HOSTS
    if not settings.secure and not here:
        yield warning(
            "address", f"{settings.base_url} is not https. Passwords and cookies are sent unencrypted."
        )
    elif here:
        yield ok(
            "address",
            f"{settings.base_url}, which works on this machine only. Set DOCKET_BASE_URL to the address that "
            "people use.",
        )
    else:
        yield ok("address", settings.base_url)
    if settings.secure and not settings.trusted_proxies:
        yield warning(
            "proxy",
            "https without DOCKET_TRUSTED_PROXIES. Behind a proxy, all requests appear to come from its address.",
        )


def _check_mail(settings: Settings) -> Iterator[Finding]:
    if not settings.smtp_host:
        yield ok("mail", "not configured")
        return
    if not settings.smtp_from:
        yield problem("mail", "DOCKET_SMTP_FROM is missing. Emails need a sender.")
    if bool(settings.smtp_user) != bool(settings.smtp_password):
        yield problem("mail", "Set both DOCKET_SMTP_USER and DOCKET_SMTP_PASSWORD, or neither.")
    if settings.smtp_password and settings.smtp_tls == "none":
        yield problem(
            "mail", "The password would be sent unencrypted. Set DOCKET_SMTP_TLS to starttls or tls."
        )
    server = f"{settings.smtp_host}, port {settings.smtp_port}"
    try:
        _greet_mail_server(settings.smtp_host, settings)
    except (OSError, smtplib.SMTPException) as error:
        yield problem("mail", f"{server} does not answer as DOCKET_SMTP_TLS expects: {type(error).__name__}.")
    else:
        yield ok("mail", f"{server} answers")


def _greet_mail_server(host: str, settings: Settings) -> None:
    kind = smtplib.SMTP_SSL if settings.smtp_tls == "tls" else smtplib.SMTP
    with kind(host, settings.smtp_port, timeout=MAIL_TIMEOUT) as server:
        server.ehlo()
        if settings.smtp_tls == "starttls" and not server.has_extn("starttls"):
            raise smtplib.SMTPNotSupportedError("no STARTTLS")


def _check_slack(settings: Settings) -> Finding:
    if settings.slack_bot_token is None:
        return ok("Slack", "not configured")
    if not settings.slack_bot_token.get_secret_value().startswith("xoxb-"):
        return warning("Slack", "The token is not a bot token. Bot tokens start with xoxb-.")
    if (
        not settings.slack_api_url.startswith("https://")
        and urlsplit(settings.slack_api_url).hostname not in LOCAL_HOSTS
    ):
        return problem("Slack", "DOCKET_SLACK_API_URL is not https. The token would be sent unencrypted.")
    return ok("Slack", "bot token is set")
