"""The checks that the `test` command runs, in order."""
