"""Measuring: each module prints one small table. None of it is part of the product or of its tests' timing."""
