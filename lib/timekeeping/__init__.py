"""Time tracking: time entries, timers, timesheets, activities and hourly rates."""
