"""Docket's business logic, independent of any user interface or web framework."""
