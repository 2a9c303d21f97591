"""The parts of ticket lists and the board."""
