"""The execution options with which a test reads what is stored, for all people."""

UNSCOPED = {"gate": "a test compares what is stored"}
