"""Small tables of plain text, which scroll sideways where the screen is narrow."""

from collections.abc import Container, Mapping, Sequence
from html import escape

import streamlit as st


def show_table(columns: Mapping[str, Sequence[str]], *, label: str, numbers: Container[str] = ()) -> None:
    """Show columns by their headings; `label` names the table for people who hear it; `numbers` stand to the right."""
    kinds = [" class='dk-number'" if heading in numbers else "" for heading in columns]
    head = "".join(
        f"<th scope='col'{kind}>{escape(name)}</th>" for name, kind in zip(columns, kinds, strict=True)
    )
    rows = (zip(row, kinds, strict=True) for row in zip(*columns.values(), strict=True))
    body = "".join(
        f"<tr>{''.join(f'<td{kind}>{escape(cell)}</td>' for cell, kind in row)}</tr>" for row in rows
    )
    st.html(
        f"<div class='dk dk-table' tabindex='0' role='region' aria-label='{escape(label)}'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
