"""Slack: a team's channel, and who one is there."""

import streamlit as st

from lib.access.gate import Actor
from lib.notifications import preferences
from lib.notifications.slack import team_channels
from lib.notifications.slack.team_channels import TeamChannelCard
from lib.people import teams
from ui.shared import formatting, page

CHANNEL_LABEL, WEBHOOK_LABEL = "A channel, by its id", "An incoming webhook"


def show_channel_state(card: TeamChannelCard) -> None:
    """Say where a team hears in Slack, and what is wrong there."""
    if not (card.channel or card.webhook):
        st.caption("Told in no channel in Slack; direct messages there say who did what.")
        return
    where = f"channel {formatting.escape_markdown(card.channel)}" if card.channel else "a webhook"
    st.caption(f"Told in Slack through {where}{', with who did what' if card.detailed else ''}.")
    if card.error:
        began = f" It began {formatting.format_relative(card.failing_since)}." if card.failing_since else ""
        st.error(f"{formatting.escape_markdown(card.error)}{began}", icon=":material/error:")


def show_channel_form(team_id: int, card: TeamChannelCard | None) -> None:
    """Let whoever manages a team say where in Slack it hears of its tickets."""
    with (
        st.popover("Slack", icon=":material/tag:"),
        st.form(f"slack-{team_id}-{page.attempt_count()}", border=False),
    ):
        st.caption("The channel is told of new tickets and of what comes of them: number, title and a link.")
        way = st.radio(
            "Tell the team through", [CHANNEL_LABEL, WEBHOOK_LABEL], index=int(bool(card and card.webhook))
        )
        channel = st.text_input(
            CHANNEL_LABEL, (card.channel or "") if card else "", max_chars=40, placeholder="C0123ABCD",
            help="At the end of the channel's details in Slack. Docket's app must be in the channel.",
        )  # fmt: skip
        webhook = st.text_input(
            WEBHOOK_LABEL, type="password", max_chars=500, autocomplete="off",
            placeholder="Kept; type to replace it" if card and card.webhook else "https://hooks.slack.com/services/…",
            help="Its address is a secret: it is kept sealed and never shown again. A webhook knows no threads.",
        )  # fmt: skip
        detailed = st.checkbox(
            "Say who did what, the priority, who asked and the age", bool(card and card.detailed),
            help="In the channel, and in direct messages about the team's tickets, which say number and title alone "
            "otherwise. Never what was written, and of confidential tickets nothing but the number.",
        )  # fmt: skip
        with st.container(horizontal=True):
            saved = st.form_submit_button("Save", type="primary")
            told = card is not None and bool(card.channel or card.webhook)
            gone = told and st.form_submit_button("Tell no channel")
    if not (saved or gone):
        return
    with page.attempt("The team is told in no channel." if gone else "Saved.") as session:
        me, row = page.me(), teams.get(session, team_id)
        if gone:
            team_channels.remove(session, me, row, detailed=detailed)
        else:
            team_channels.save(
                session, me, row, channel=channel if way == CHANNEL_LABEL else "",
                webhook=webhook if way == WEBHOOK_LABEL else "", detailed=detailed,
            )  # fmt: skip


def show_member_id_form(me: Actor) -> None:
    """Let a person say who they are in Slack, and try it."""
    with page.see() as session:
        now = preferences.get_slack_id(session, me)
    st.caption(
        "Docket looks for your e-mail address in Slack. If you have another one there, say who you are."
    )
    with st.form("slack", border=False):
        given = st.text_input(
            "Your member ID in Slack", now, max_chars=40, placeholder="U0123ABCD",
            help="In Slack: your profile, More, Copy member ID. Leave it empty to be found by your address.",
        )  # fmt: skip
        with st.container(horizontal=True):
            saved = st.form_submit_button("Save", type="primary")
            tried = st.form_submit_button("Send me a test", icon=":material/send:")
    if saved or tried:
        with page.attempt("A test is on its way to you in Slack." if tried else "Saved.") as session:
            if given.strip().upper() != now:
                preferences.set_slack_id(session, me, given)
            if tried:
                preferences.send_slack_test(session, me)
