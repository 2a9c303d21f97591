"""The Streamlit script: who is here, which pages they may open, and the one they chose."""

import streamlit as st

from ui.account import sign_in
from ui.shared import page
from ui.shell import layout, menu, style

st.set_page_config(page_title="Docket", page_icon=style.icon(), layout="wide")

with page.run() as me:
    chosen, entry = menu.navigate(me)
    layout.set_tab_title(entry.title if me or entry.signed_out else "Sign in")
    layout.show_frame(me)

    if me is None and not entry.signed_out:
        sign_in.show()
    elif not entry.opens_for(me):
        page.show_not_found()
    else:
        page.track_visit(entry.path)
        page.show_flash()
        chosen.run()
