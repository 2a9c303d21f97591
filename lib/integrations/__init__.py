"""Connections to the outside: SMTP, Slack and file storage. No other modules of `lib` access a network."""
