"""Markdown in comments and descriptions: which syntax Docket supports, its limits, and rendering."""
