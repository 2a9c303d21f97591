"""Small tables of plain text, which scroll sideways where the screen is narrow."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st


def table(columns: Mapping[str, Sequence[str]], *, label: str) -> None:
    """Show columns by their headings; `label` names the table for people who hear it."""
    head = "".join(f"<th scope='col'>{escape(heading)}</th>" for heading in columns)
    rows = zip(*columns.values(), strict=True)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    st.html(
        f"<div class='dk dk-table' tabindex='0' role='region' aria-label='{escape(label)}'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
