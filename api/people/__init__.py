"""Routes of people, teams and roles, and of the person who asks."""
