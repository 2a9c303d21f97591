"""The command line: one module a command; what they share lies in `shell/` and `checks/`."""
