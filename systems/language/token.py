"""A word on its way from text to phones."""

from msgspec import Struct

from psi_ecs.components.regime import Regime


class Token(Struct):
    """One spoken word and the characters of the source it stands for."""

    text: str
    """As it is said; letters of the word only."""
    start: int
    end: int
    mark: str = ""
    """Punctuation that follows it."""
    spelled: bool = False
    """A letter said by its name."""
    symbols: list[str] | None = None
    """Pronunciation, once it is settled."""
    role: str = ""
    """Sense of a heteronym asked for by markup."""
    regime: Regime | None = None
    """A sound that is no word."""
