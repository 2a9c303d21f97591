"""The small company of the demo: who works there, and what its desk lived through in five weeks."""
