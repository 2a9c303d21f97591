"""`demo`: a small company, who works there, and what its desk went through in five weeks."""
