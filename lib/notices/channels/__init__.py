"""The only rooms that touch a network or a store of files: a leaf that nothing in lib decides from."""
