"""The desk itself: rules and deeds, free of any user-interface or web framework."""
