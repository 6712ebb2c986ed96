"""Rules for addresses of the web, tags, abbreviations, acronyms and Roman numerals."""

import re
from functools import cache

from . import numerals
from .lexicon import entries, signs, table
from .pieces import Match, Piece, Rule, Spoken, after, before, letters, word_before
from .pronounce import plain, pronounce, spell
from .wordlist import listed

_EMOTICON = (
    r"(?:[:;=8xX]['’]?-?[)(\]\[DPpOo/\\|*3](?![\w])"
    r"|<3|\^_\^|[:;]'?-?[)(]+|¯\\_\(ツ\)_/¯|-_-)"
)
_RULERS = frozenset(
    listed(
        "king queen pope emperor tsar henry louis george edward william richard charles james john paul francis philip",
        "elizabeth mary victoria benedict pius leo gregory innocent napoleon nicholas alexander catherine frederick ivan peter",
        "otto ramses",
    )
)
_NUMBERED = frozenset(
    listed(
        "war chapter part act scene volume book section type phase title class article appendix level world rocky episode bowl",
        "figure stage step grade season vol mark model round game fantasy division tier category unit apollo saturn",
    )
)


@cache
def abbreviations() -> dict[str, list[tuple[str, bool, str]]]:
    """Abbreviation -> its readings: spoken, full stop needed, what must stand beside it."""
    found: dict[str, list[tuple[str, bool, str]]] = {}
    for name, spoken, stop, beside in table("abbreviations.tsv"):
        found.setdefault(name, []).append((spoken, stop == "!", beside))
    return found


@cache
def capitals() -> dict[str, str]:
    """Words in capitals -> `letters` or `word`, where a list settles it."""
    return {word: how for how, words in table("spelled.tsv") for word in words.split()}


def _address(text: str) -> Spoken:
    """The parts of an address, its signs by name."""
    words: Spoken = []
    for part in re.findall(r"[A-Za-zÀ-ÿ']+|\d+|\S", text):
        if part in signs("address"):
            words += signs("address")[part]
        elif part.isdecimal():
            words += numerals.digits(part) if len(part) > 4 else _figures(part)
        elif part[0].isalpha():
            words.append(_name(part))
    return words


def _figures(text: str) -> list[str]:
    return numerals.year(int(text)) if len(text) == 4 and text[0] != "0" else numerals.decimal(text)


def _name(part: str) -> str | Piece:
    """A part of an address: a word when it can be one, else its letters."""
    low = plain(part)
    if low in entries() and (
        len(low) > 2 or low in ("to", "my", "go", "me", "in", "on", "at", "of", "is", "it", "we", "so", "up", "us")
    ):
        return part
    return part if len(low) > 4 or (len(low) > 3 and re.search("[aeiouy]", low)) else letters(part)


def _url(m: Match) -> Spoken | None:
    return _address(re.sub(r"^https?://|^ftp://", "", m.group()).rstrip("/"))


def _hashtag(m: Match) -> Spoken | None:
    parts = re.findall(r"[A-Z]?[a-zà-ÿ']+|[A-Z]+(?![a-z])|\d+", m[1])
    return ["hashtag", *[w for p in parts for w in (numerals.decimal(p) if p.isdecimal() else [p])]]


def _handle(m: Match) -> Spoken | None:
    return ["at", *_address(m[1])]


def _file(m: Match) -> Spoken | None:
    """file.py, Node.js; not a sentence that lacks its space."""
    left, right = m.group().rsplit(".", 1)
    return None if right[0].isupper() and left[-1].islower() else _address(m.group())


def _beside(m: Match, kind: str) -> bool:
    """True when the neighbour that a reading asks for is there."""
    if kind == "name":
        return re.match(r"\s*[A-Z][a-zA-Z'’]", after(m)) is not None
    if kind == "number":
        return re.match(r"\s*\d", after(m)) is not None or (re.search(r"\d\s*$", before(m)) is not None and len(m[1]) > 2)
    if kind in ("after", "street"):
        last = word_before(m)
        capital = last[:1].isupper() and last.lower() not in (
            "in",
            "at",
            "to",
            "from",
            "the",
            "of",
            "and",
            "on",
            "near",
            "by",
            "i",
        )
        following = re.match(r"\s*[A-Z][a-z]", after(m)) is not None
        if kind == "after":
            return capital or last[:1].isdecimal()
        numbered = last[:1].isdecimal() and not (last.isdecimal() and following)  # "5th St." but "221 St. James"
        return capital or numbered or not following
    return True


def _abbreviation(m: Match) -> Spoken | None:
    name = m[1].lower()
    for spoken, needs_stop, beside in abbreviations().get(name, ()):
        if (m[2] or not needs_stop) and _beside(m, beside):
            if needs_stop and name in ("no", "min", "max", "fig", "co", "sun", "mar") and not after(m).strip():
                return None  # the end of a sentence
            return list(spoken.split())
    return None


def _initials(m: Match) -> Spoken | None:
    """U.S., J. R. R., Ph.D."""
    return [Piece(m.group().rstrip(), spell(m.group()))]


def _initial(m: Match) -> Spoken | None:
    """J. before a name."""
    return [letters(m[1])] if m[1] != "I" or re.match(r"\s+[A-Z]", after(m)) else None


def _capitals(m: Match) -> Spoken | None:
    """NASA as a word, FBI by letters; words in capitals for emphasis stay words."""
    core, tail = m[1], m[2]
    how = capitals().get(core)
    low = core.lower()
    if how is None:
        rest = re.findall(r"[A-Za-z]{2,}", before(m) + m.string[m.start() : m.endpos])
        shouting = len(rest) > 2 and sum(w.isupper() for w in rest) > len(rest) / 2
        pronounceable = re.search(r"[AEIOUY]", core) is not None and not re.search(
            r"[^AEIOUY]{4}|^[^AEIOUYSTPCBDFGKL][^AEIOUYHLRW]", core
        )
        how = "word" if low in entries() or (len(core) > 3 and pronounceable) or (shouting and pronounceable) else "letters"
    elif how == "letters" and low in entries() and _loud(m):
        how = "word"
    if how == "word":
        return None
    sound = letters(core).symbols or []
    ending = ["IH0", "Z"] if tail and sound[-1] in ("S", "CH", "Z", "K S") else ["Z"] if tail else []
    return [Piece(m.group(), [*sound, *ending])]


def _loud(m: Match) -> bool:
    """True when the words around are in capitals too."""
    rest = [w for w in re.findall(r"[A-Za-z]{2,}", before(m) + m.string[m.start() : m.endpos]) if w.upper() not in capitals()]
    return len(rest) > 1 and all(w.isupper() for w in rest)


def _roman(m: Match) -> Spoken | None:
    n = numerals.roman(m[1])
    last = word_before(m)
    if (
        n is None
        or not (last[:1].isupper() or last in _NUMBERED)
        or m[1] in ("MIX", "CD", "DC", "MD", "CV", "DI", "MI", "CM", "MM")
    ):
        return None
    if last.lower() in _NUMBERED:
        words = numerals.cardinal(n)
    elif last.lower() in _RULERS and m[1] != "I":
        words = ["the", *numerals.ordinal(n)]
    elif len(m[1]) > 1 and n < 40:
        words = numerals.cardinal(n)
    else:
        return None
    return [*words[:-1], words[-1] + (m[2] or "")]


def _camel(m: Match) -> Spoken | None:
    """iPhone, JavaScript: one word of several parts."""
    if plain(m.group()) in entries():
        return None
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", m.group())
    sound: list[str] = []
    for i, part in enumerate(parts):
        symbols = list(pronounce(part))
        sound += [s.replace("1", "2") for s in symbols] if i < len(parts) - 1 and len(part) < 3 else symbols
    return [Piece(m.group(), sound)]


def _joined(m: Match) -> Spoken | None:
    """A hyphened word that the dictionary writes together."""
    low = plain(m.group().replace("-", ""))
    return [m.group()] if low in entries() and len(low) > 4 else None


def _symbol_language(m: Match) -> Spoken | None:
    return [letters(m[1]), *(["plus", "plus"] if m[2] == "++" else ["sharp"])]


_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
RULES: list[Rule] = [
    (re.compile(r"(?:(?:https?|ftp)://|www\.)[^\s<>\"”]*[\w/]"), _url),
    (re.compile(rf"[\w.+-]+@{_LABEL}(?:\.{_LABEL})+"), lambda m: _address(m.group())),
    (re.compile(r"#(?=\w*[^\W\d])(\w+)"), _hashtag),
    (re.compile(r"#(?=\d)"), lambda m: ["number"]),
    (re.compile(r"@([A-Za-z_]\w*)"), _handle),
    (re.compile(_EMOTICON), lambda m: [] if re.search(r"(?:^|[\s.!?,])$", before(m)) or m.group() == "<3" else None),
    (re.compile(r"([A-Za-z](?:\.[A-Za-z])+|[A-Za-z]+|w/o?)(\.?)(?![\w])"), _abbreviation),
    (re.compile(r"(?:[A-Za-z]\.){2,}(?:[A-Z](?![\w]))?|Ph\.\s?D\.?|(?:[A-Z]\.\s){2,}"), _initials),
    (re.compile(r"([A-Z])\.(?=\s+[A-Z])"), _initial),
    (
        re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.(?:com|org|net|edu|gov|io|ai|dev|co\.uk|de|fr|eu)(?:/[\w/%.-]*[\w/])?(?![\w@])"),
        _url,
    ),
    (re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z]\w*)+"), _file),
    (re.compile(r"([A-G])(\+\+|#)(?!\w)"), _symbol_language),
    (re.compile(r"([IVXLCDM]+)(['’]s)?(?![\w'’])"), _roman),
    (re.compile(r"([A-Z]{2,})((?:['’]?s)?)(?![A-Za-z0-9]|['’][A-Za-z])"), _capitals),
    (re.compile(r"(?=[A-Za-z]*[a-z][A-Z])[A-Za-z]+"), _camel),
    (re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)+(?!\w)"), _joined),
]
