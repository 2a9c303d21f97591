"""Half-sent requests: ended after a while unless their sender is signed in, and no hindrance to others."""

import socket
import threading
import time

import httpx
import pytest
import uvicorn

from commands.shell import request_timeouts
from commands.shell.request_timeouts import TimeoutProtocol
from lib.core import open_files

SHORT = 0.6


async def app(scope, receive, send):
    """Read the whole body, and then answer; `/known` is from somebody signed in."""
    if scope["type"] != "http":
        return
    if scope["path"] == "/known":
        scope["state"]["me"] = "somebody"
    if scope["path"] != "/early":
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            if not message.get("more_body"):
                break
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def port(monkeypatch):
    """A server with Docket's own protocol and little patience."""
    monkeypatch.setattr(request_timeouts, "REQUEST_TIMEOUT", SHORT)
    server = uvicorn.Server(
        uvicorn.Config(app, http=TimeoutProtocol, ws="websockets-sansio", lifespan="off", log_config=None)
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


def begin(port: int, *parts: bytes) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), timeout=10)
    for part in parts:
        opened.sendall(part)
    return opened


def is_ended(opened: socket.socket, *, within: float) -> bool:
    """Tell whether the server closes a connection in time; what it answers before that is read."""
    last = time.monotonic() + within
    while (left := last - time.monotonic()) > 0:
        opened.settimeout(left)
        try:
            if not opened.recv(1000):
                return True
        except TimeoutError:
            return False
        except ConnectionError:
            return True
    return False


HALF = {
    "nothing": (),
    "a word": (b"GET / HT",),
    "headers": (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n",),
    "no body": (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n",),
    "half a body": (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",),
    "half a body after its answer": (b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",),
    "half a chunk": (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",),
    "a second one": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HT"),
    "blank lines": (b"\r\n\r\n",),
}


@pytest.mark.parametrize("how", HALF)
def test_a_half_sent_request_is_ended(port, how):
    with begin(port, *HALF[how]) as opened:
        assert is_ended(opened, within=SHORT * 5)
    assert not TimeoutProtocol.waiting


def test_dripping_does_not_help(port):
    with begin(port, b"GET / HTTP/1.1\r\nHost: x\r\n") as opened:
        began = time.monotonic()
        while not is_ended(opened, within=0.1):
            assert time.monotonic() - began < SHORT * 5
            try:
                opened.sendall(b"X-A: b\r\n")
            except ConnectionError:
                break


def test_who_is_signed_in_may_take_their_time(port):
    with begin(port, b"POST /known HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n") as opened:
        for _ in range(4):
            assert not is_ended(opened, within=SHORT)
            opened.sendall(b"a")
        opened.settimeout(5)
        assert opened.recv(1000).startswith(b"HTTP/1.1 200")


def test_a_whole_request_is_answered_again_and_again(port):
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        assert client.get("/").text == "ok"
        time.sleep(SHORT * 2)
        assert client.post("/", content=b"x" * 100_000).text == "ok"


def test_many_half_sent_requests_keep_nobody_out(port, monkeypatch):
    monkeypatch.setattr(request_timeouts, "REQUEST_TIMEOUT", 30.0)
    monkeypatch.setattr(open_files, "get_limit", lambda: 40)
    opened = [begin(port, b"GET / HT") for _ in range(60)]
    try:
        assert httpx.get(f"http://127.0.0.1:{port}/").text == "ok"
        assert len(TimeoutProtocol.waiting) <= 10
        assert is_ended(opened[0], within=5)
        assert not is_ended(opened[-1], within=0.2), "the newest may still go on"
    finally:
        for each in opened:
            each.close()


def test_the_limit_of_open_files_is_raised(monkeypatch):
    set_to = []
    monkeypatch.setattr(open_files.resource, "getrlimit", lambda _what: (1024, 524288))
    monkeypatch.setattr(open_files.resource, "setrlimit", lambda _what, limits: set_to.append(limits))
    open_files.raise_limit()
    assert set_to == [(open_files.WANTED_LIMIT, 524288)]
    assert open_files.max_limit() == open_files.WANTED_LIMIT


def test_a_limit_that_is_low_or_high_stays(monkeypatch):
    monkeypatch.setattr(open_files.resource, "getrlimit", lambda _what: (1024, 1024))
    assert open_files.max_limit() == 1024
    monkeypatch.setattr(open_files.resource, "getrlimit", lambda _what: (2**20, 2**20))
    assert open_files.max_limit() == 2**20
