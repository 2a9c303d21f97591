"""A browser tab without a browser: it speaks Streamlit's WebSocket protocol, and may lie in it."""

import json
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

TIMEOUT = 30  # seconds
RUN_MESSAGES = {
    "new_session", "delta", "page_info_changed", "page_config_changed", "script_finished", "session_status_changed",
    "navigation", "logo", "session_event", "page_profile", "page_not_found",
}  # fmt: skip
"""The kinds of messages that a run consists of."""
CONNECTION_REFUSED = (ConnectionClosed, InvalidStatus)
"""What a tab meets when it is not let in."""


@dataclass
class Run:
    """What one run of the script sent: `raw` is every byte, `elements` is what stands on the page."""

    raw: bytes = b""
    kinds: set[str] = field(default_factory=set)
    standing: dict[tuple[int, ...], tuple[str, Any]] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)

    @property
    def elements(self) -> list[tuple[str, Any]]:
        """What stands on the page: an element that another took the place of is gone, however soon that was sent."""
        return list(self.standing.values())

    def __contains__(self, words: str) -> bool:
        return words.encode() in self.raw

    def of(self, kind: str) -> Iterator[Any]:
        """Yield the elements of one kind (`button`, `selectbox`, `bidi_component`, …)."""
        return (element for name, element in self.elements if name == kind)

    def widget(self, label: str) -> str:
        """Return the id of the widget with this label; fails with what there is."""
        labeled = {
            e.label: e.id for _, e in self.elements if getattr(e, "label", "") and getattr(e, "id", "")
        }
        assert label in labeled, f"no widget {label!r} among {sorted(labeled)}"
        return labeled[label]

    def component(self, name: str) -> Any:
        """Return the packaged component of this name as it was sent."""
        found = [c for c in self.of("bidi_component") if c.component_name == f"docket.{name}"]
        assert found, f"no component {name}"
        return found[0]


class Tab:
    """One connection. `cookie` is the sign-in secret; `resume` the id of a session that may be another's.

    `host` and `origin` are what the connection says of itself, whatever is true.
    """

    def __init__(
        self,
        url: str,
        *,
        cookie: str | None = None,
        resume: str | None = None,
        origin: str | None = None,
        headers: Mapping[str, str] | None = None,
        host: str | None = None,
    ) -> None:
        self.session_id = ""
        self.page_hash = ""
        self.seen = b""
        here = urlsplit(url)
        own = {"Cookie": f"docket={cookie}", **(headers or {})} if cookie else dict(headers or {})
        protocols = ["streamlit", "no-xsrf-token", *([resume] if resume else [])]
        opening = connect(
            f"ws://{host or here.netloc}/_stcore/stream",
            sock=socket.create_connection((here.hostname, here.port), TIMEOUT),
            origin=origin or url,
            subprotocols=protocols,
            additional_headers=own,
            compression=None,
            max_size=None,
            open_timeout=TIMEOUT,
            proxy=None,
        )
        self.socket: ClientConnection = opening.__enter__()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the tab; its session waits on the server for a while."""
        self.socket.close()

    def send(self, message: BackMsg) -> None:
        """Send any message."""
        self.socket.send(message.SerializeToString())

    def ask(
        self,
        page: str = "",
        *,
        query: str = "",
        widgets: Sequence[WidgetState] = (),
        page_hash: str | None = None,
        fragment: str = "",
    ) -> None:
        """Ask for a run without waiting for it."""
        message = BackMsg()
        rerun = message.rerun_script
        rerun.page_name, rerun.query_string, rerun.fragment_id = page, query, fragment
        rerun.page_script_hash = self.page_hash if page_hash is None else page_hash
        if page and page_hash is None:
            rerun.page_script_hash = ""
        rerun.widget_states.widgets.extend(widgets)
        self.send(message)

    def run(self, page: str = "", **how: Any) -> Run:
        """Run the script as `ask` does, and return what it sent."""
        self.ask(page, **how)
        return self.receive()

    def receive(self, *, patience: float = TIMEOUT) -> Run:
        """Return what arrives until the script and what it asked to run again has finished."""
        run = Run()
        while True:
            raw = self.socket.recv(patience)
            assert isinstance(raw, bytes)
            run.raw += raw
            self.seen += raw
            message = ForwardMsg.FromString(raw)
            kind = message.WhichOneof("type")
            run.kinds.add(kind or "")
            if kind == "new_session":
                self.session_id = message.new_session.initialize.session_id or self.session_id
                self.page_hash = message.new_session.page_script_hash
                run.standing.clear()
            elif kind == "navigation":
                self.page_hash = message.navigation.page_script_hash
                run.pages = [p.url_pathname for p in message.navigation.app_pages]
            elif kind == "delta":
                self._take(run, message)
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return run

    def _take(self, run: Run, message: ForwardMsg) -> None:
        delta = message.delta
        if delta.fragment_id and delta.fragment_id not in run.fragments:
            run.fragments.append(delta.fragment_id)
        path = tuple(message.metadata.delta_path)
        run.standing = {at: there for at, there in run.standing.items() if at[: len(path)] != path}
        if delta.WhichOneof("type") == "new_element":
            kind = delta.new_element.WhichOneof("type") or ""
            run.standing[path] = (kind, getattr(delta.new_element, kind, None))


def press_button(id: str) -> WidgetState:
    """A button's press."""
    return WidgetState(id=id, trigger_value=True)


def enter_text(id: str, words: str) -> WidgetState:
    """A text in a field, or the chosen option of a selectbox as the browser names it."""
    return WidgetState(id=id, string_value=words)


def get_component_data(component: Any) -> Any:
    """What the page gave to a packaged component."""
    return json.loads(component.json or component.mixed.json)


def submit_component(component: Any, value: object) -> WidgetState:
    """A packaged component's message that its person pressed its button."""
    events = json.dumps([{"event": "submit", "value": value}])
    return WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{component.id}__events", json_trigger_value=events)


def sign_in(tab: Tab, email: str, password: str) -> Run:
    """Fill in the form that a signed-out tab shows; the answer holds the hand-off, or says what was wrong."""
    form = tab.run()
    return tab.run(
        widgets=[
            enter_text(form.widget("Email"), email),
            enter_text(form.widget("Password"), password),
            press_button(form.widget("Sign in")),
        ]
    )


def get_handoff_ticket(done: Run) -> str:
    """The one-time ticket that the page hands to the browser after a good sign-in."""
    return get_component_data(done.component("handoff"))["ticket"]


def run_together(deed: Callable[[Any], Any], what: Iterable[Any], *, at_once: int = 20) -> list[Any]:
    """Do a deed for everything at the same time, and return how each went."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(deed, what))


def open_client(url: str, cookie: str | None = None, **headers: str) -> httpx.Client:
    """An HTTP client that behaves like a page of Docket's own."""
    cookies = {"docket": cookie} if cookie else {}
    return httpx.Client(
        base_url=url, cookies=cookies, headers={"Sec-Fetch-Site": "same-origin", **headers}, timeout=TIMEOUT
    )
