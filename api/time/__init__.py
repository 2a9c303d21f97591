"""Routes of time entries, timers, weeks, activities and rates."""
