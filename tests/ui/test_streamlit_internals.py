"""Each private name of Streamlit does what Docket needs it for: a new version that changes one fails here."""

import ast
import logging
from pathlib import Path

import httpx
import pytest
from streamlit import logger as loggers
from streamlit.error_util import handle_uncaught_app_exception
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import WStates
from streamlit.testing.v1 import AppTest

import app
from tests.support.wire import Tab
from ui import streamlit_internals
from ui.components import registration

ROOT = Path(__file__).parents[2]
PUBLIC = {"streamlit", "streamlit.testing.v1", "streamlit.components.v2.types"}
ROUTES = {
    "", "/_stcore/agent/interact", "/_stcore/agent/mcp", "/_stcore/agent/openapi.json",
    "/_stcore/bidi-components/{path:path}", "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics",
    "/_stcore/stream", "/_stcore/upload_file/{session_id}/{file_id}", "/auth/login", "/auth/logout",
    "/component/{path:path}", "/media/{file_id:path}", "/oauth2callback",
}  # fmt: skip
"""What Streamlit serves. `web.request_guard` closes what Docket does not need: look there before adding one here."""


def test_only_one_file_knows_private_names():
    offenders = []
    for path in [
        ROOT / "app.py",
        ROOT / "main.py",
        *(p for r in ("ui", "pages", "web") for p in (ROOT / r).rglob("*.py")),
    ]:
        if path.name == "streamlit_internals.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            offenders += [f"{path}: {n}" for n in names if n.split(".")[0] == "streamlit" and n not in PUBLIC]
    assert offenders == []


def test_the_routes_of_streamlit_are_known():
    served = {getattr(route, "path", str(route)) for route in app.app._build_starlette_app().routes}
    own = {getattr(route, "path", "") for route in app.app._user_routes}
    assert served - own == ROUTES


def test_a_started_server_scans_no_pages_and_serves_every_component(server):
    """With the scan on, the first visitor of a deep link would read "Page not found"."""
    docket = server()
    with Tab(docket.url) as tab:
        assert "page_not_found" not in tab.run("tickets").kinds
    for path in (
        "component/streamlit_sortables.sortable_items/index.html",
        *(f"_stcore/bidi-components/docket.{name}/{name}.js" for name in registration.NAMES),
    ):
        assert httpx.get(f"{docket.url}/{path}").status_code == 200, path


def test_a_click_in_a_fragment_that_the_process_has_not_drawn_runs_the_page(server):
    with Tab(server().url) as tab:
        assert "delta" in tab.run("tickets", fragment="0" * 32).kinds


def test_the_pages_folder_is_not_scanned_once_the_scan_is_off(monkeypatch):
    monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
    streamlit_internals.disable_pages_scan()
    PagesManager(str(ROOT / "main.py"))
    assert PagesManager.uses_pages_directory is False


def test_components_are_known_once_they_are_registered():
    def script():
        import streamlit as st

        from ui import streamlit_internals
        from ui.components import registration

        for name in registration.NAMES:
            registration.renderer(name)
            st.text(streamlit_internals.has_components("docket", name))
        st.text(streamlit_internals.has_components("docket", "unknown"))

    told = [text.value for text in AppTest.from_function(script).run().text]
    assert told == ["True"] * len(registration.NAMES) + ["False"]


def test_loggers_give_their_handlers_up_now_and_later(monkeypatch):
    monkeypatch.setattr(loggers, "setup_formatter", loggers.setup_formatter)
    passed = []
    streamlit_internals.replace_log_handlers(passed.append)
    assert logging.getLogger("streamlit") in passed or loggers.get_logger("streamlit") in passed
    later = loggers.get_logger("streamlit.tests_of_docket")
    assert later in passed


def test_the_logger_says_of_a_failed_page_what_docket_leaves_out(caplog):
    with caplog.at_level(logging.DEBUG):
        handle_uncaught_app_exception(RuntimeError("a fault"))
    said = [record.msg for record in caplog.records if record.name == "streamlit.error_util"]
    assert said == [streamlit_internals.FAILED_PAGE]


def test_an_error_of_a_widget_s_value_is_told_from_one_of_a_page():
    def refuse(_value):
        raise ValueError("not a value")

    state = WStates()
    state.set_widget_from_proto(WidgetState(id="forged", string_value="x"))
    state.set_widget_metadata(WidgetMetadata("forged", refuse, str, "string_value"))
    with pytest.raises(ValueError, match="not a value") as caught:
        state["forged"]
    assert streamlit_internals.raised_while_reading_widgets(caught.value)
    with pytest.raises(ValueError, match="not a value") as caught:
        refuse("x")
    assert not streamlit_internals.raised_while_reading_widgets(caught.value)


def test_no_session_without_a_server():
    assert streamlit_internals.session_user("unknown") is None


def test_messages_are_told_by_what_they_ask_for():
    assert streamlit_internals.message_type(BackMsg(stop_script=True).SerializeToString()) == "stop_script"
    assert streamlit_internals.message_type(b"") is None
    with pytest.raises(ValueError, match="not a message"):
        streamlit_internals.message_type(b"\xff")
