"""The pages of administration, by what they are about."""

import streamlit as st

from ui.shared import page
from ui.shell import layout, menu

COLUMN_COUNT = 3

me = page.me()
layout.show_header("Settings", actor=me)
for area, entries in menu.list_areas(me).items():
    st.subheader(area, anchor=False)
    with st.container(key=f"area_{area.split()[0].lower()}", border=True):
        for at in range(0, len(entries), COLUMN_COUNT):
            for column, entry in zip(st.columns(COLUMN_COUNT), entries[at : at + COLUMN_COUNT], strict=False):
                with column.container(gap=None):
                    st.page_link(
                        f"pages/{entry.path}.py", label=f"**{entry.title}**", icon=f":material/{entry.icon}:"
                    )
                    st.caption(entry.about)
