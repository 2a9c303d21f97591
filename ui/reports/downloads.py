"""What is on the page as files: links that a browser keeps."""

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from lib.reports import ticket_export


def show_links(where: str, asked: Mapping[str, str | Sequence[str]]) -> None:
    """Offer a report of the API, asked the same, as CSV and XLSX."""
    items = []
    for kind in ticket_export.CONTENT_TYPES:
        link = escape(f"/api/v1/{where}?{urlencode({**asked, 'format': kind}, doseq=True)}", quote=True)
        items.append(f"<li><a class='dk-file' href='{link}' download>{kind.upper()}</a></li>")
    st.html(f"<ul class='dk dk-files' aria-label='Files'>{''.join(items)}</ul>")
