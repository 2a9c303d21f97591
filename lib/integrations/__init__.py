"""The only modules that talk to a network or a file store: SMTP, Slack and storage."""
