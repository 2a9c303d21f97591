"""Slack: messages and team channels."""
