"""People and teams: accounts, memberships and absences."""
