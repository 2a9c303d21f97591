"""Docket as a process: it starts in every way the README names, tells little, and stops when told."""

import os
import signal

import httpx
import pytest

from tests.support.processes import children, until
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


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_two_processes_serve_and_one_that_dies_is_replaced(server):
    docket = server(DOCKET_PROCESSES="2")
    until(lambda: docket.said().count("has no administrator yet") == 1)
    until(lambda: docket.said().count("Application startup complete.") == 2)
    first = children(docket)
    assert len(first) == 2
    lost = min(first)
    os.kill(lost, signal.SIGKILL)
    for _ in range(20):
        assert httpx.get(f"{docket.url}/healthz", timeout=30).json() == {"status": "ok"}
    until(lambda: len(children(docket) - {lost}) == 2)
    until(lambda: docket.said().count("Application startup complete.") == 3, seconds=120)
    assert docket.said().count("has no administrator yet") == 1
    last = children(docket)
    docket.stop()
    assert docket.process.returncode == 0
    assert all(gone(pid) for pid in last)
    assert "Traceback" not in docket.said()


def test_no_process_stays_when_the_one_that_started_them_is_killed(server):
    docket = server(DOCKET_PROCESSES="2")
    left = children(docket)
    docket.stop(signal.SIGKILL)
    until(lambda: all(gone(pid) for pid in left))
