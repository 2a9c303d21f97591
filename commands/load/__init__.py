"""A load of tickets for measuring: made-up words in natural proportions, the same for the same number."""
