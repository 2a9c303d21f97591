"""Signing in, and the parts of a person's own pages."""
