"""General settings: what holds for the whole desk."""

import streamlit as st

from lib.core import time_zones
from lib.desk_settings import desk_settings
from ui.shared import formatting, page
from ui.shared.forms import Editing
from ui.shared.time_zones import label
from ui.shell import layout

me = page.me()
layout.header("General settings", actor=me)
with page.see() as session:
    found = desk_settings.list_all(session, me)

for setting in found:
    form = Editing(f"setting-{setting.name}", setting.version)
    with st.form(form.key):
        value = st.selectbox(
            setting.label, time_zones.choices(setting.value, st.context.timezone), format_func=label,
            key=form.field("value", setting.value),
        )  # fmt: skip
        st.caption(setting.help)
        if setting.since:
            by = f" by {formatting.plain(setting.by)}" if setting.by else ""
            st.caption(f"Last changed {formatting.when(setting.since)}{by}.")
        form.tell()
        saved = st.form_submit_button("Save", type="primary")
    if saved:
        with form.save("Settings saved.") as session:
            desk_settings.update(session, me, setting.name, value, seen=form.seen)
