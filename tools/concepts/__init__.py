"""Concepts: their table of words, pictures of their graph, and graphs to and from other programs."""
