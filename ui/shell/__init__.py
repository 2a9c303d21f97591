"""What surrounds every page: menu, layout, style and the error page."""
