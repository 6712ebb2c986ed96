"""ψ-memory seen from outside: pictures, mutated files, killed processes, and measures of what is said like something earlier,
between two things, on the way from mood to mood, and again."""
