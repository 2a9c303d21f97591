"""The parts of the dashboard and the reports."""
