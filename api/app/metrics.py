"""Metrics of queued and sent messages for Prometheus, for administrators and their tokens."""

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.responses import Response

from api.shared.auth import Me
from lib.core import clock
from lib.notifications import queue_admin
from lib.transactions import see

router = APIRouter(tags=["metrics"])


@router.get("/metrics", response_class=Response)
def get_metrics(me: Me) -> Response:
    """Get Docket's metrics in the text format of Prometheus."""
    with see() as session:
        found = queue_admin.list_channel_statuses(session, me)
    registry = CollectorRegistry()
    figures = {
        name: Gauge(f"docket_messages_{name}", told, ["medium"], registry=registry)
        for name, told in {
            "owed": "Queued messages",
            "late": "Messages due for more than five minutes",
            "parked": "Failed messages",
            "sent_in_24_hours": "Messages sent in the last 24 hours",
            "oldest_seconds": "Age of the oldest due message",
            "failing": "Whether the server or a team's channel fails, or a message failed in the last 24 hours",
        }.items()
    }
    for each in found:
        waits = max(0.0, (clock.now() - each.oldest).total_seconds()) if each.oldest else 0
        values = (each.owed, each.late, each.parked, each.sent, waits, int(each.failing))
        for figure, value in zip(figures.values(), values, strict=True):
            figure.labels(each.medium.value).set(value)
    return Response(generate_latest(registry), media_type="text/plain; version=0.0.4")
