"""The pages of administration, by what they are about."""

import streamlit as st

from ui.shared import page
from ui.shell import layout, menu

ACROSS = 3

me = page.me()
layout.header("Administration", actor=me)
for area, entries in menu.areas(me).items():
    st.subheader(area, anchor=False)
    with st.container(key=f"area_{area.split()[0].lower()}", border=True):
        for at in range(0, len(entries), ACROSS):
            for column, entry in zip(st.columns(ACROSS), entries[at : at + ACROSS], strict=False):
                with column.container(gap=None):
                    st.page_link(
                        f"pages/{entry.path}.py", label=f"**{entry.title}**", icon=f":material/{entry.icon}:"
                    )
                    st.caption(entry.about)
