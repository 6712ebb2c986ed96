"""Arrays in, arrays out: the mathematics, with no knowledge of entities, files or devices."""
