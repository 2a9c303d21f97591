"""Emails: rendered from templates, with their headers and samples."""
