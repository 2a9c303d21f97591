"""Routes of ticket lists: search, saved views, bulk changes and export."""
