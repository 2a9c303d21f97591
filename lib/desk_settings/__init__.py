"""What administrators choose for the whole desk: the settings there are, and every version of each."""
