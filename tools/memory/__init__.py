"""Measuring ψ-memory: what is said like something earlier, between two things, on the way from mood to mood, and again."""
