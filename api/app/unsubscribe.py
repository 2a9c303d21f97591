"""The way out of mail: one click on a signed link, with no sign-in (RFC 8058)."""

from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from api.app.sign_in import GuardedRoute
from api.shared import rate_limits
from api.shared.auth import client_address
from lib.notifications import unsubscribe
from lib.notifications.email import renderer
from lib.transactions import act

_INCOMPLETE_LINK = (
    "This link is incomplete. Copy all of it from the email, or change your notification settings in Docket."
)


def routes() -> list[Route]:
    """Return the route that links in emails open."""
    return [
        Route("/unsubscribe", GuardedRoute(show_confirmation), methods=["GET"]),
        Route("/unsubscribe", GuardedRoute(confirm_unsubscribe), methods=["POST"]),
    ]


async def show_confirmation(request: Request) -> Response:
    """Ask first, because programs open links too."""
    token = request.query_params.get("t", "")
    found = renderer.parse_unsubscribe_token(token)
    if found is None:
        return _render_page(f"<p>{_INCOMPLETE_LINK}</p>", 404)
    what = f"emails about ticket #{found[1]}" if found[1] else "combined emails"
    return _render_page(
        f"<p>Do you want to stop {what}?</p>"
        f'<form method="post" action="/unsubscribe?t={escape(token)}"><button>Stop {what}</button></form>'
    )


async def confirm_unsubscribe(request: Request) -> Response:
    """Do it; doing it again changes nothing."""
    rate_limits.count_anonymous_request(client_address(request))
    found = renderer.parse_unsubscribe_token(request.query_params.get("t", ""))
    if found is None:
        return _render_page(f"<p>{_INCOMPLETE_LINK}</p>", 404)
    await run_in_threadpool(_unsubscribe, *found)
    done = (
        f"You muted ticket #{found[1]}. You are notified only when somebody mentions you or assigns it to you."
        if found[1]
        else "You get no more combined emails."
    )
    return _render_page(f"<p>{done}</p>")


def _unsubscribe(person: int, ticket: int | None) -> None:
    with act() as session:
        unsubscribe.stop_notifications(session, person, ticket)


def _render_page(body: str, status: int = 200) -> Response:
    return HTMLResponse(
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta name="robots" content="noindex"><title>Docket</title><style>:root{color-scheme:light dark}'
        "body{max-width:30rem;margin:15vh auto;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif}"
        "button{min-height:2.75rem;padding:0 1.25rem;border:0;border-radius:8px;background:#0b6660;color:#fff;"
        f"font:inherit;font-weight:600}}</style><main><h1>Emails from Docket</h1>{body}</main></html>",
        status,
    )
