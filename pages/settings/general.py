"""General settings: what holds for the whole desk."""

import streamlit as st

from lib.core import time_zones
from lib.desk_settings import desk_settings
from ui.shared import formatting, page
from ui.shared.forms import EditForm
from ui.shared.time_zones import format_time_zone
from ui.shell import layout

me = page.me()
layout.show_header("General", actor=me)
with page.see() as session:
    found = desk_settings.list_all(session, me)

for setting in found:
    form = EditForm(f"setting-{setting.name}", setting.version)
    with st.form(form.key):
        value = st.selectbox(
            setting.label, time_zones.list_choices(setting.value, st.context.timezone), format_func=format_time_zone,
            key=form.field("value", setting.value),
        )  # fmt: skip
        st.caption(setting.help)
        if setting.since:
            by = f" by {formatting.escape_markdown(setting.by)}" if setting.by else ""
            st.caption(f"Last changed {formatting.format_timestamp(setting.since)}{by}.")
        form.tell()
        saved = st.form_submit_button("Save", type="primary")
    if saved:
        with form.save("Settings saved.") as session:
            desk_settings.update(session, me, setting.name, value, seen=form.seen)
