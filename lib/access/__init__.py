"""Access control: the gate, roles, and what people may know about a ticket's changes."""
