"""What `doctor` looks at, and what it says about it: never a secret."""
