"""Tickets and how they relate: create, change, move, link and merge tickets."""
