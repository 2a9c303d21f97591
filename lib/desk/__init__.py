"""The desk: tickets, their conversation, and how they are found."""
