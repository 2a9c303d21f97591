"""Parts that several kinds of pages use: the page itself, formatting, forms, tables and charts."""
