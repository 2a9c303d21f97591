"""Docket as a process: it starts in every way the README names, tells little, and stops when told."""

import signal

import httpx
import pytest

from tests.support.server import free_port

WAYS = {
    "manage": ("-m", "commands", "run", "--port"),
    "streamlit": ("-m", "streamlit", "run", "app.py", "--server.port"),
    "uvicorn": ("-m", "uvicorn", "app:app", "--port"),
}


@pytest.mark.parametrize("way", WAYS)
def test_it_starts_and_stops(server, way):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    docket = server(command=(*WAYS[way], str(port)), url=url)
    assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}
    docket.stop()
    assert docket.process.returncode in {0, -signal.SIGTERM}


def test_the_server_does_not_say_what_it_is(server):
    docket = server()
    assert "server" not in httpx.get(f"{docket.url}/healthz").headers


@pytest.mark.parametrize("way", WAYS)
def test_no_session_id_is_logged(server, way):
    port = free_port()
    docket = server(command=(*WAYS[way], str(port)), url=f"http://127.0.0.1:{port}")
    httpx.put(f"{docket.url}/_stcore/upload_file/3f1c-session/9a-file", content=b"x")
    docket.stop()
    assert "3f1c-session" not in docket.said()


def test_a_forwarded_address_is_not_believed(server):
    docket = server()
    answer = httpx.get(
        f"{docket.url}/", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    )
    assert "evil.example" not in answer.text + str(answer.headers)
