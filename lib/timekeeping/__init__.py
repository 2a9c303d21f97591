"""Time: what people worked on which ticket, and for how long."""
