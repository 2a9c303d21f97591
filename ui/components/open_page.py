"""Opens another page of Docket from the browser, as a click on a link does."""

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from ui.components.registration import renderer


def open_page(path: str, query: Mapping[str, str] | None = None) -> None:
    """Open the page at `path` ("/search") with `query` in its address, once this run is done.

    Streamlit's own way, `st.switch_page`, raises where the address of the page at hand holds what a widget there is
    bound to, and leaves the new address on the old page in the browser's history. What stands on every page uses this.
    """
    href = f"{path}?{urlencode(query)}" if query else path
    renderer("open_page")(key="open_page", data={"href": href, "ticket": secrets.token_urlsafe(8)})
