"""`doctor`: what it checks and what it says about it, never a secret."""
