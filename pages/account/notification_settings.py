"""What a person is notified of, where and when."""

from datetime import time

import streamlit as st

from db.vocabulary import NotificationChannel, RecipientReason
from lib.notifications import channels, default_rules, preferences
from lib.notifications.preferences import DeliverySchedule
from ui.settings import slack
from ui.shared import formatting, notification_labels, page
from ui.shell import layout

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

me = page.me()
with page.see() as session:
    chosen, habit, muted = (
        preferences.get_channels(session, me),
        preferences.get_schedule(session, me),
        preferences.list_muted(session, me),
    )
on = [medium for medium in NotificationChannel if medium in channels.list_configured()]

layout.show_header("Notification settings", actor=me)
what, when, quiet, there = st.tabs(["Events", "Schedule", "Muted tickets", "Slack"])

with what, st.form("what", border=False):
    shown = [pair for pair in chosen if not (pair[1] == RecipientReason.MANAGER and me.role == "agent")]
    wanted, last = {}, None
    for occasion, relation in shown:
        if relation != last:
            st.subheader(notification_labels.REASON_HEADINGS[relation], anchor=False)
            last = relation
        picked = st.pills(
            default_rules.EVENT_LABELS[occasion],
            on,
            selection_mode="multi",
            format_func=notification_labels.format_channel,
            default=[m for m in on if m in chosen[occasion, relation]],
            key=f"notify-{occasion}-{relation}",
        )
        off = chosen[occasion, relation] - set(on)
        wanted[occasion, relation] = frozenset(picked) | off
    if st.form_submit_button("Save", type="primary"):
        with page.attempt("Saved.") as session:
            preferences.set_channels(session, me, wanted)

with when:
    here = st.context.timezone
    if me.timezone and here and me.timezone != here:
        with st.container(horizontal=True, vertical_alignment="center", key="timezone"):
            st.write(
                f"Your time zone is {formatting.escape_markdown(me.timezone)}. "
                f"Your browser uses {formatting.escape_markdown(here)}."
            )
            if st.button("Use browser time zone", key="use-timezone"):
                with page.attempt(f"Time zone set to {here}.") as session:
                    preferences.set_timezone(session, me, here)

with when, st.form("when", border=False):
    st.caption(
        "Emails and Slack messages follow this schedule. Those held during quiet hours are sent afterwards."
    )
    silent = st.toggle("Quiet hours", habit.quiet_from != habit.quiet_until)
    with st.container(horizontal=True):
        begin = st.time_input("From", time(*divmod(habit.quiet_from or 19 * 60, 60)), step=900)
        end = st.time_input("Until", time(*divmod(habit.quiet_until or 7 * 60, 60)), step=900)
    days = st.pills(
        "Days", range(7), selection_mode="multi", default=sorted(habit.days), format_func=WEEKDAYS.__getitem__
    )
    rhythm = st.selectbox(
        "Less urgent emails", list(preferences.EMAIL_FREQUENCIES),
        format_func=preferences.EMAIL_FREQUENCIES.__getitem__,
        index=list(preferences.EMAIL_FREQUENCIES).index(habit.hours),
        help="Mentions and assignments are always sent at once. Other emails are combined and list what is unread.",
    )  # fmt: skip
    if st.form_submit_button("Save", type="primary"):
        minutes = [t.hour * 60 + t.minute for t in (begin, end)] if silent else [0, 0]
        with page.attempt("Saved.") as session:
            preferences.set_schedule(
                session,
                me,
                DeliverySchedule(*minutes, days=frozenset(days), hours=rhythm),
                zone=st.context.timezone,
            )

with quiet:
    if not muted:
        st.caption("No muted tickets. To mute one, open it and choose *Why am I notified?*")
    for number, title in muted.items():
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.write(f"\\#{number} {formatting.escape_markdown(title)}")
            if st.button("Unmute", key=f"unmute-{number}"):
                with page.attempt("Unmuted.") as session:
                    preferences.unmute(session, me, number)

with there:
    if NotificationChannel.SLACK in on:
        slack.show_member_id_form(me)
    else:
        st.caption("Slack is not set up. Ask an administrator to connect it.")
