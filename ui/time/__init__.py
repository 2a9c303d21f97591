"""Timer, timesheet and time in status."""
