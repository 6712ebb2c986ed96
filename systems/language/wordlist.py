"""Lists of words written as running text."""


def listed(*lines: str) -> tuple[str, ...]:
    """The words of the lines, in order."""
    return tuple(" ".join(lines).split())
