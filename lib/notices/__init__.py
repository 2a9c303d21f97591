"""Who hears of what, and through which channel."""
