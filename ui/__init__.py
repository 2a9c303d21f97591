"""Shared parts of the screen: data in, intent out."""
