"""Redirects from old page addresses, so that bookmarks and links in emails keep working."""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

NEW_ADDRESSES: Mapping[str, str] = MappingProxyType(
    {
        "administration": "settings",
        "audit": "audit-log",
        "delivery": "outgoing-messages",
        "fields": "custom-fields",
        "hearing": "notification-settings",
        "hours": "time-report",
        "mails": "email-templates",
        "replies": "canned-replies",
        "rules": "notification-rules",
        "week": "timesheet",
        "where-time-goes": "time-in-status",
    }
)
"""The new address of a page by its old one."""


def moved_page_routes() -> list[Route]:
    """Return a route for each old address."""
    return [Route(f"/{old}", _redirect, methods=["GET"]) for old in NEW_ADDRESSES]


async def _redirect(request: Request) -> RedirectResponse:
    new = request.url.replace(scheme="", netloc="", path=f"/{NEW_ADDRESSES[request.url.path.strip('/')]}")
    return RedirectResponse(new, 308)
