"""The parts of one ticket's page."""
