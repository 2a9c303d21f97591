"""Foundations without knowledge of tickets: settings, time, errors, text and logs."""
