"""Routes of tickets and of what belongs to one."""
