"""How people and programs prove who they are: sessions, passwords, tokens, second factor."""
