"""Markdown that people write: which of it Docket reads, how much of it, and how it is shown."""
