"""Lists of tickets: the search language, filters, groups, columns, saved views, board and bulk changes."""
