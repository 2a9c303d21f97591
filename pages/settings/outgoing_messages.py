"""Outgoing messages: queued and failed emails and Slack messages, with retry, cancel and pause."""

import streamlit as st

from lib.notifications import channels, queue_admin
from ui.shared import formatting, page
from ui.shell import layout

me = page.me()
layout.show_header("Outgoing messages", actor=me)
with page.see() as session:
    found, aside = queue_admin.list_channel_statuses(session, me), queue_admin.list_failed(session, me)

for each in found:
    channel = channels.find(each.medium)
    st.subheader(channel.title, anchor=False)
    if not each.on:
        st.caption(f"Not configured. Set {channel.needs}.")
    if each.failing_since and each.on:
        since = formatting.format_relative(each.failing_since)
        st.error(
            f"{formatting.escape_markdown(each.error or '')} Failing since {since}.", icon=":material/error:"
        )
    for room in each.channels:
        began = f" Failing since {formatting.format_relative(room.since)}." if room.since else ""
        st.error(
            f"{formatting.escape_markdown(room.team)}: {formatting.escape_markdown(room.error)}{began}",
            icon=":material/error:",
        )
    if each.paused:
        st.warning("Paused. Messages stay queued.", icon=":material/pause_circle:")
    if each.on or each.owed or each.parked:
        with st.container(horizontal=True, gap="large"):
            st.metric("Queued", each.owed, width="content")
            st.metric("Late", each.late, width="content", help="Due for more than five minutes.")
            st.metric("Failed", each.parked, width="content")
            st.metric("Sent in the last 24 hours", each.sent, width="content")
    with st.container(horizontal=True):
        label = "Resume" if each.paused else "Pause"
        if each.on and st.button(label, key=f"pause-{each.medium}"):
            with page.attempt("Resumed." if each.paused else "Paused.") as session:
                queue_admin.pause(session, me, each.medium, paused=not each.paused)
        if each.on and channel.testable:
            key = f"test-{each.medium}"
            if st.button("Send test email", icon=":material/mail:", key=key):
                with page.attempt(f"Test email sent to {me.email}.") as session:
                    queue_admin.send_test(session, me, each.medium)

st.subheader("Failed", anchor=False)
if not aside:
    st.caption("No failed messages.")
for one in aside:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        about = f"#{one.ticket}" if one.ticket else one.sort.value
        tries = f"{one.attempts} tr{'y' if one.attempts == 1 else 'ies'}"
        st.markdown(
            f"**{formatting.escape_markdown(one.person)}** {channels.find(one.medium).title}, "
            f"{formatting.escape_markdown(about)}  \n"
            f":gray[{formatting.escape_markdown(one.error)} · {tries}, {formatting.format_relative(one.parked_at)}]"
        )
        with st.container(horizontal=True, width="content"):
            if st.button("Retry", key=f"retry-{one.id}"):
                with page.attempt("Message queued again.") as session:
                    queue_admin.retry(session, me, one.id)
            if st.button("Cancel message", key=f"discard-{one.id}"):
                with page.attempt("Message canceled.") as session:
                    queue_admin.discard(session, me, one.id)
