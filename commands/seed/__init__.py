"""`seed`: many tickets for measuring, in made-up words of natural proportions, the same for the same number."""
