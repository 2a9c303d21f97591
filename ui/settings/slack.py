"""Slack: a team's channel, and who one is there."""

import streamlit as st

from lib.access.gate import Actor
from lib.notifications import preferences
from lib.notifications.slack import team_channels
from lib.notifications.slack.team_channels import PlaceCard
from lib.people import teams
from ui.shared import formatting, page

CHANNEL, WEBHOOK = "A channel, by its id", "An incoming webhook"


def state(card: PlaceCard) -> None:
    """Say where a team hears in Slack, and what is wrong there."""
    if not (card.channel or card.webhook):
        st.caption("Told in no channel in Slack; direct messages there say who did what.")
        return
    where = f"channel {formatting.plain(card.channel)}" if card.channel else "a webhook"
    st.caption(f"Told in Slack through {where}{', with who did what' if card.detailed else ''}.")
    if card.error:
        began = f" It began {formatting.ago(card.failing_since)}." if card.failing_since else ""
        st.error(f"{formatting.plain(card.error)}{began}", icon=":material/error:")


def change(team_id: int, card: PlaceCard | None) -> None:
    """Let whoever manages a team say where in Slack it hears of its tickets."""
    with st.popover("Slack", icon=":material/tag:"), st.form(f"slack-{team_id}-{page.turn()}", border=False):
        st.caption("The channel is told of new tickets and of what comes of them: number, title and a link.")
        way = st.radio("Tell the team through", [CHANNEL, WEBHOOK], index=int(bool(card and card.webhook)))
        channel = st.text_input(
            CHANNEL, (card.channel or "") if card else "", max_chars=40, placeholder="C0123ABCD",
            help="At the end of the channel's details in Slack. Docket's app must be in the channel.",
        )  # fmt: skip
        webhook = st.text_input(
            WEBHOOK, type="password", max_chars=500, autocomplete="off",
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
        me, row = page.me(), teams.find(session, team_id)
        if gone:
            team_channels.take(session, me, row, detailed=detailed)
        else:
            team_channels.put(
                session, me, row, channel=channel if way == CHANNEL else "",
                webhook=webhook if way == WEBHOOK else "", detailed=detailed,
            )  # fmt: skip


def mine(me: Actor) -> None:
    """Let a person say who they are in Slack, and try it."""
    with page.see() as session:
        now = preferences.slack_id(session, me)
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
                preferences.be_in_slack(session, me, given)
            if tried:
                preferences.try_slack(session, me)
