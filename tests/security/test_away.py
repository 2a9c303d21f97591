"""A page that connects while the database is away is closed, so that it tries again, and no error of the server's."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import web
from lib.core.database_errors import UNREACHABLE
from lib.core.errors import Unavailable
from web import request_guard


@pytest.fixture
def client(monkeypatch):
    def away():
        raise Unavailable(UNREACHABLE)

    monkeypatch.setattr(request_guard.transactions, "see", away)
    return TestClient(web.RequestGuard(Starlette()), base_url="http://localhost:8501")


def test_a_page_that_connects_is_closed(client):
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream"):
        pass
