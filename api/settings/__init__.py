"""Routes of what administrators set up: categories, statuses, tags, custom fields and canned replies."""
