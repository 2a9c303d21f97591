"""Slack messages and the channels of teams."""
