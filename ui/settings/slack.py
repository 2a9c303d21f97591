"""Slack: a team's channel, and who one is there."""

import streamlit as st

from lib.access.gate import Actor
from lib.notifications import preferences
from lib.notifications.slack import team_channels
from lib.notifications.slack.team_channels import TeamChannelCard
from lib.people import teams
from ui.shared import formatting, page

CHANNEL_LABEL, WEBHOOK_LABEL = "Channel ID", "Incoming webhook"


def show_channel_state(card: TeamChannelCard) -> None:
    """Say where a team hears in Slack, and what is wrong there."""
    if not (card.channel or card.webhook):
        st.caption("No Slack channel. Direct messages include details.")
        return
    where = f"channel {formatting.escape_markdown(card.channel)}" if card.channel else "a webhook"
    st.caption(f"Slack notifications go to {where}{', with details' if card.detailed else ''}.")
    if card.error:
        began = (
            f" Failing since {formatting.format_relative(card.failing_since)}." if card.failing_since else ""
        )
        st.error(f"{formatting.escape_markdown(card.error)}{began}", icon=":material/error:")


def show_channel_form(team_id: int, card: TeamChannelCard | None) -> None:
    """Set the Slack channel that gets a team's notifications."""
    with (
        st.popover("Slack", icon=":material/tag:"),
        st.form(f"slack-{team_id}-{page.attempt_count()}", border=False),
    ):
        st.caption("Posts new tickets and their changes to a channel, with number, title and a link.")
        way = st.radio("Post to", [CHANNEL_LABEL, WEBHOOK_LABEL], index=int(bool(card and card.webhook)))
        channel = st.text_input(
            CHANNEL_LABEL, (card.channel or "") if card else "", max_chars=40, placeholder="C0123ABCD",
            help="Shown at the end of the channel details in Slack. Add the Docket app to the channel.",
        )  # fmt: skip
        webhook = st.text_input(
            WEBHOOK_LABEL, type="password", max_chars=500, autocomplete="off",
            placeholder="Saved. Type to replace it." if card and card.webhook else "https://hooks.slack.com/services/…",
            help="The address is a secret. It is stored encrypted and never shown again. Webhooks can't post in "
                 "threads.",
        )  # fmt: skip
        detailed = st.checkbox(
            "Include details: person, change, priority, requester and age", bool(card and card.detailed),
            help="Applies to the channel and to direct messages about the team's tickets. Message texts are "
                 "never included. "
            "Confidential tickets show only their number.",
        )  # fmt: skip
        with st.container(horizontal=True):
            saved = st.form_submit_button("Save", type="primary")
            told = card is not None and bool(card.channel or card.webhook)
            gone = told and st.form_submit_button("Remove channel")
    if not (saved or gone):
        return
    with page.attempt("Channel removed." if gone else "Saved.") as session:
        me, row = page.me(), teams.get(session, team_id)
        if gone:
            team_channels.remove(session, me, row, detailed=detailed)
        else:
            team_channels.save(
                session, me, row, channel=channel if way == CHANNEL_LABEL else "",
                webhook=webhook if way == WEBHOOK_LABEL else "", detailed=detailed,
            )  # fmt: skip


def show_member_id_form(me: Actor) -> None:
    """Let a person set and test their Slack account."""
    with page.see() as session:
        now = preferences.get_slack_id(session, me)
    st.caption(
        "Docket finds you in Slack by your email address. If it is different there, enter your member ID."
    )
    with st.form("slack", border=False):
        given = st.text_input(
            "Your member ID in Slack", now, max_chars=40, placeholder="U0123ABCD",
            help="In Slack, open your profile, then More → Copy member ID. Leave it empty to use your email address.",
        )  # fmt: skip
        with st.container(horizontal=True):
            saved = st.form_submit_button("Save", type="primary")
            tried = st.form_submit_button("Send test message", icon=":material/send:")
    if saved or tried:
        with page.attempt("Test message sent to Slack." if tried else "Saved.") as session:
            if given.strip().upper() != now:
                preferences.set_slack_id(session, me, given)
            if tried:
                preferences.send_slack_test(session, me)
