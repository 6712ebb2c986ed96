"""The phone inventory: ARPAbet without stress digits, as CMUdict writes it, with articulatory features.

Stress is kept beside the phone (0 none, 1 primary, 2 secondary), never inside its name. `SIL` is a pause.
"""

from enum import IntEnum

from msgspec import Struct


class Manner(IntEnum):
    """How the airstream is shaped (IPA chart, rows)."""

    SILENCE, VOWEL, DIPHTHONG, GLIDE, LIQUID, NASAL, FRICATIVE, AFFRICATE, STOP = range(9)


class Phone(Struct, frozen=True):
    """One phone: its ARPAbet name, manner, place (IPA chart, columns), voicing and IPA symbol."""

    name: str
    manner: Manner
    place: str
    voiced: bool
    ipa: str

    @property
    def vowel(self) -> bool:
        """True for monophthongs and diphthongs, which carry stress and make syllable nuclei."""
        return self.manner in (Manner.VOWEL, Manner.DIPHTHONG)


_M = Manner
PHONES: tuple[Phone, ...] = tuple(
    Phone(*row)
    for row in (
        ("SIL", _M.SILENCE, "none", False, ""),
        ("AA", _M.VOWEL, "back", True, "ɑ"),
        ("AE", _M.VOWEL, "front", True, "æ"),
        ("AH", _M.VOWEL, "central", True, "ʌ"),
        ("AO", _M.VOWEL, "back", True, "ɔ"),
        ("AW", _M.DIPHTHONG, "central", True, "aʊ"),
        ("AY", _M.DIPHTHONG, "central", True, "aɪ"),
        ("B", _M.STOP, "bilabial", True, "b"),
        ("CH", _M.AFFRICATE, "postalveolar", False, "tʃ"),
        ("D", _M.STOP, "alveolar", True, "d"),
        ("DH", _M.FRICATIVE, "dental", True, "ð"),
        ("EH", _M.VOWEL, "front", True, "ɛ"),
        ("ER", _M.VOWEL, "central", True, "ɝ"),
        ("EY", _M.DIPHTHONG, "front", True, "eɪ"),
        ("F", _M.FRICATIVE, "labiodental", False, "f"),
        ("G", _M.STOP, "velar", True, "ɡ"),
        ("HH", _M.FRICATIVE, "glottal", False, "h"),
        ("IH", _M.VOWEL, "front", True, "ɪ"),
        ("IY", _M.VOWEL, "front", True, "i"),
        ("JH", _M.AFFRICATE, "postalveolar", True, "dʒ"),
        ("K", _M.STOP, "velar", False, "k"),
        ("L", _M.LIQUID, "alveolar", True, "l"),
        ("M", _M.NASAL, "bilabial", True, "m"),
        ("N", _M.NASAL, "alveolar", True, "n"),
        ("NG", _M.NASAL, "velar", True, "ŋ"),
        ("OW", _M.DIPHTHONG, "back", True, "oʊ"),
        ("OY", _M.DIPHTHONG, "back", True, "ɔɪ"),
        ("P", _M.STOP, "bilabial", False, "p"),
        ("R", _M.LIQUID, "postalveolar", True, "ɹ"),
        ("S", _M.FRICATIVE, "alveolar", False, "s"),
        ("SH", _M.FRICATIVE, "postalveolar", False, "ʃ"),
        ("T", _M.STOP, "alveolar", False, "t"),
        ("TH", _M.FRICATIVE, "dental", False, "θ"),
        ("UH", _M.VOWEL, "back", True, "ʊ"),
        ("UW", _M.VOWEL, "back", True, "u"),
        ("V", _M.FRICATIVE, "labiodental", True, "v"),
        ("W", _M.GLIDE, "labiovelar", True, "w"),
        ("Y", _M.GLIDE, "palatal", True, "j"),
        ("Z", _M.FRICATIVE, "alveolar", True, "z"),
        ("ZH", _M.FRICATIVE, "postalveolar", True, "ʒ"),
    )
)
PHONE: dict[str, Phone] = {p.name: p for p in PHONES}
PHONE_ID: dict[str, int] = {p.name: i for i, p in enumerate(PHONES)}
BILABIAL_CLOSED = frozenset({"P", "B", "M"})
LABIODENTAL = frozenset({"F", "V"})
VISEME: dict[str, str] = {
    phone: viseme
    for viseme, phones in {
        "sil": "SIL",
        "PP": "P B M",
        "FF": "F V",
        "TH": "TH DH",
        "DD": "T D",
        "kk": "K G NG HH",
        "CH": "CH JH SH ZH",
        "SS": "S Z",
        "nn": "N L",
        "RR": "R ER",
        "aa": "AA AE AH AY AW",
        "E": "EH EY",
        "ih": "IH IY Y",
        "oh": "AO OW OY",
        "ou": "UH UW W",
    }.items()
    for phone in phones.split()
}
"""Phone to viseme, in the order of the 15 visemes (Oculus LipSync viseme reference; diphthongs by their first part)."""
