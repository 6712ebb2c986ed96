"""File formats read and written: bytes in, data out. They know no world."""
