"""Ticket properties that administrators define: statuses, categories, tags, custom fields and canned replies."""
