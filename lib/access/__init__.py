"""Who may see and do what: the gate, the roles it reads, and what a reader may know of a ticket's changes."""
