"""Routes of notifications, preferences, rules and email templates."""
