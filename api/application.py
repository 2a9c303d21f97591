"""The API as one application, to be mounted at `/api/v1`."""

from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api import (
    activities,
    assignees,
    attachments,
    audit,
    bulk,
    canned,
    categories,
    comments,
    drafts,
    events,
    exports,
    fields,
    links,
    mail_templates,
    me,
    merging,
    metrics,
    moves,
    notice_rules,
    notifications,
    participants,
    people,
    preferences,
    problems,
    proposals,
    rates,
    reference,
    roles,
    schema,
    search,
    settings,
    staffing,
    status_times,
    statuses,
    tags,
    teams,
    tickets,
    time_entries,
    time_report,
    timers,
    tokens,
    unread,
    views,
    watchers,
    weeks,
    workflow,
    writing,
)  # fmt: skip
from api.door import Door
from api.map import Map
from lib.core.errors import Refusal

RESOURCES = (
    me, preferences, exports, bulk, tickets, search, views, moves, assignees, merging, comments, attachments, events,
    participants, watchers, unread, notifications, notice_rules, mail_templates, links, drafts, writing, canned,
    categories, fields, tags, statuses, workflow, people, staffing, teams, roles, tokens, audit, metrics, reference,
    rates, status_times, time_report, weeks, timers, time_entries, activities,
    proposals, settings,
)  # fmt: skip


class Api(FastAPI):
    """FastAPI with Docket's own OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """Return the document, drawn once."""
        if self.openapi_schema is None:
            self.openapi_schema = schema.draw(self)
        return self.openapi_schema


@cache
def app() -> FastAPI:
    """Return the API, made once in a process; `app.openapi()` is its document."""
    known = Map()
    made = Api(
        title="Docket", version="1", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    for resource in RESOURCES:
        made.router.routes.extend(resource.router.routes)  # flat: routers in routers are matched twice
    made.add_exception_handler(Refusal, problems.on_refusal)
    made.add_exception_handler(HTTPException, problems.on_http)
    made.add_exception_handler(RequestValidationError, problems.on_unfit)
    known.draw(made.openapi())
    made.add_middleware(Door, known=known)
    return made
