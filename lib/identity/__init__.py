"""Authentication of people and programs: sessions, passwords, API tokens and the second factor."""
