"""The private names of Streamlit that Docket needs, in this one file.

A new version of Streamlit may change any of them without saying so. Each function here has a test in
`tests/ui/test_streamlit_internals.py` that fails when it does. This file imports nothing of Docket, so that `web` and
`app` may import it.
"""

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from traceback import walk_tb
from typing import Any

from google.protobuf.message import DecodeError
from streamlit import logger as loggers
from streamlit import runtime
from streamlit.components.v1.component_registry import ComponentRegistry
from streamlit.components.v1.custom_component import CustomComponent
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.navigation.page import Page
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.state.session_state import SessionState, WStates

__all__ = [
    "FAILED_PAGE", "Page", "disable_pages_scan", "has_components", "message_type", "raised_while_reading_widgets",
    "register_components", "replace_log_handlers", "run_pages_for_lost_fragments", "session_user",
]  # fmt: skip

FAILED_PAGE = "Uncaught app execution"
"""What the logger `streamlit.error_util` says of a page that failed."""
_request_rerun = AppSession.request_rerun
_READERS = {WStates.__getitem__.__code__, SessionState.filtered_state.fget.__code__}  # type: ignore[attr-defined]
"""Where Streamlit reads the values that a browser sent, before any code of Docket sees them."""


def disable_pages_scan() -> None:
    """Keep Streamlit from scanning pages/ before the first `st.navigation` of a process.

    Until then a deep link would show "Page not found", and a script directly in pages/ would run without the
    navigation script, which checks permissions.
    """
    PagesManager.uses_pages_directory = False


def run_pages_for_lost_fragments() -> None:
    """Run the whole page when a browser asks for a fragment that this process has not drawn.

    A browser whose process died connects to another, without asking it to draw anything. The first click there is often
    in a fragment, and Streamlit would drop it without a word.
    """

    def request_rerun(session: AppSession, state: ClientState | None) -> None:
        lost = state and state.fragment_id and not session.has_fragment(state.fragment_id)
        if state and lost and not state.is_auto_rerun:
            state.fragment_id = ""
        _request_rerun(session, state)

    AppSession.request_rerun = request_rerun  # ty: ignore[invalid-assignment] - it takes the same


def has_components(package: str, name: str) -> bool:
    """Tell whether the component `name` of `package` is registered in this process."""
    return get_bidi_component_manager().get(f"{package}.{name}") is not None


def register_components(
    package: str, folder: Path, names: Iterable[str], *, older: Iterable[CustomComponent]
) -> None:
    """Register the packaged components `names`, whose assets lie in `folder`, and those of the first version.

    Streamlit registers a component of the first version when a page imports it. Any process may be asked for its
    files, also one that has not drawn such a page yet.
    """
    components = [ComponentConfig(name=name, asset_dir="assets") for name in names]
    manifest = ComponentManifest(name=package, version="1", components=components)
    get_bidi_component_manager().register_from_manifest(manifest, folder)
    for component in older:
        ComponentRegistry.instance().register_component(component)


def replace_log_handlers(pass_on: Callable[[logging.Logger], None]) -> None:
    """Call `pass_on` with each logger of Streamlit, now and whenever Streamlit gives one a handler."""
    loggers.setup_formatter = pass_on  # ty: ignore[invalid-assignment] - the same, by another name
    for logger in loggers._loggers.values():
        pass_on(logger)


def raised_while_reading_widgets(error: BaseException) -> bool:
    """Tell whether an error arose while Streamlit read what a browser sent as the values of widgets."""
    return any(frame.f_code in _READERS for frame, _ in walk_tb(error.__traceback__))


def session_user(session_id: str) -> dict[str, Any] | None:
    """Return the trusted headers that a session of this process was opened with, None if there is no such session."""
    found = runtime.get_instance()._session_mgr.get_session_info(session_id) if runtime.exists() else None
    return dict(found.session._user_info) if found else None


def message_type(data: bytes) -> str | None:
    """Return what a message of a page asks for, such as `rerun_script`; None for nothing.

    Raises ValueError if the bytes are not a message.
    """
    try:
        return BackMsg.FromString(data).WhichOneof("type")
    except DecodeError as error:
        raise ValueError("not a message of a page") from error
