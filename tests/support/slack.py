"""A Slack Web API of our own, over HTTP: it knows some people, keeps what is written, and fails as it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


@dataclass
class SlackServer:
    """What was written to whom; `fail` is (status, error, headers) for the next answers."""

    url: str = ""
    people: dict[str, str] = field(default_factory=dict)
    posts: list[dict] = field(default_factory=list)
    lookups: list[str] = field(default_factory=list)
    hooked: list[tuple[str, dict]] = field(default_factory=list)
    fail: tuple[int, str, dict] | None = None
    fail_at: dict[str, tuple[int, str, dict]] = field(default_factory=dict)
    """What single channels, and webhooks by their last part, answer."""

    def hook(self, path: str, sent: dict) -> tuple[int, str, dict]:
        """Answer an incoming webhook, as Slack does in plain words."""
        if failing := self.fail_at.get(path.rpartition("/")[2]):
            return failing
        self.hooked.append((path, sent))
        return 200, "ok", {}

    def answer(self, method: str, sent: dict) -> tuple[int, dict, dict]:
        if self.fail:
            status, error, headers = self.fail
            return status, {"ok": False, "error": error}, headers
        if method == "users.lookupByEmail":
            self.lookups.append(sent["email"])
            id = self.people.get(sent["email"])
            return (
                200,
                {"ok": True, "user": {"id": id}} if id else {"ok": False, "error": "users_not_found"},
                {},
            )
        if failing := self.fail_at.get(sent["channel"]):
            status, error, headers = failing
            return status, {"ok": False, "error": error}, headers
        self.posts.append(sent)
        return 200, {"ok": True, "channel": sent["channel"], "ts": f"17.{len(self.posts)}"}, {}


@contextmanager
def run_slack_server() -> Iterator[SlackServer]:
    """Run it on this machine."""
    slack = SlackServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            if self.headers.get("Content-Type", "").startswith("application/json"):
                sent = json.loads(body)
            else:
                sent = {k: v[0] for k, v in parse_qs(body or self.path.partition("?")[2]).items()}
            if self.path.startswith("/services/"):
                status, words, headers = slack.hook(self.path, sent)
                data = words.encode()
            else:
                status, said, headers = slack.answer(self.path.partition("?")[0].rpartition("/")[2], sent)
                data = json.dumps(said).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST

        def log_message(self, format, *args):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    slack.url = f"http://127.0.0.1:{server.server_port}/api/"
    try:
        yield slack
    finally:
        server.shutdown()
        server.server_close()
