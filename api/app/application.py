"""The API as one application, to be mounted at `/api/v1`."""

from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.app import metrics, reference
from api.lists import bulk, saved_views, search, ticket_export
from api.notifications import email_templates, notification_rules, notifications, preferences
from api.people import api_tokens, candidates, me, people, roles, skills_and_absences, teams
from api.reports import time_in_status, time_report
from api.settings import (
    audit_log,
    canned_replies,
    categories,
    category_proposals,
    custom_fields,
    desk_settings,
    statuses,
    tags,
    workflow,
)
from api.shared import openapi, problems
from api.shared.auth import AuthMiddleware
from api.shared.route_map import RouteMap
from api.tickets import (
    attachments,
    cc,
    comments,
    drafts,
    events,
    links,
    merge,
    preview_and_similar,
    read_markers,
    status_and_assignee,
    tickets,
    watchers,
)
from api.time import activities, entries, rates, timers, weeks
from lib.core.errors import Refusal

RESOURCES = (
    me,
    preferences,
    ticket_export,
    bulk,
    tickets,
    search,
    saved_views,
    status_and_assignee,
    candidates,
    merge,
    comments,
    attachments,
    events,
    cc,
    watchers,
    read_markers,
    notifications,
    notification_rules,
    email_templates,
    links,
    drafts,
    preview_and_similar,
    canned_replies,
    categories,
    custom_fields,
    tags,
    statuses,
    workflow,
    people,
    skills_and_absences,
    teams,
    roles,
    api_tokens,
    audit_log,
    metrics,
    reference,
    rates,
    time_in_status,
    time_report,
    weeks,
    timers,
    entries,
    activities,
    category_proposals,
    desk_settings,
)


class Api(FastAPI):
    """FastAPI with Docket's own OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """Return the document, drawn once."""
        if self.openapi_schema is None:
            self.openapi_schema = openapi.build_document(self)
        return self.openapi_schema


@cache
def app() -> FastAPI:
    """Return the API, made once in a process; `app.openapi()` is its document."""
    known = RouteMap()
    made = Api(
        title="Docket", version="1", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    for resource in RESOURCES:
        made.router.routes.extend(resource.router.routes)  # flat: routers in routers are matched twice
    made.add_exception_handler(Refusal, problems.on_refusal)
    made.add_exception_handler(HTTPException, problems.on_http_error)
    made.add_exception_handler(RequestValidationError, problems.on_validation_error)
    known.draw(made.openapi())
    made.add_middleware(AuthMiddleware, known=known)
    return made
