"""A reader for the part of SSML 1.1 that speech can follow, and for the tags of Azure and Amazon that people use."""

import math
import re
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from msgspec.structs import replace

from psi_ecs import AssetError
from psi_ecs.components.text import Prosody
from psi_ecs.systems.formats.xml import read_xml

from .document import Document, Style
from .emotion import blended, feelings, named
from .error import TextError
from .ipa import from_arpabet, from_ipa
from .markup import MANNERS, Builder, merged, seconds
from .regimes import manners
from .wordlist import listed

BREAKS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.8, "x-strong": 1.2}
"""Seconds for each strength of <break>."""
_EMPHASIS = {"none": 0.5, "reduced": 0.3, "moderate": 1.5, "strong": 2.0}
_RATE = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.6}
_PITCH = {"x-low": -6.0, "low": -3.0, "medium": 0.0, "default": 0.0, "high": 3.0, "x-high": 6.0}
_RANGE = {"x-low": 0.3, "low": 0.6, "medium": 1.0, "default": 1.0, "high": 1.5, "x-high": 2.0}
_VOLUME = {"silent": -96.0, "x-soft": -12.0, "soft": -6.0, "medium": 0.0, "default": 0.0, "loud": 6.0, "x-loud": 10.0}
_HZ_BASE = 150.0
"""Pitch that a shift in Hz is measured against, Hz."""
_NUMBER = re.compile(r"([+-]?)(\d+\.?\d*|\.\d+)\s*(%|st|hz|db)?$", re.IGNORECASE)
_SILENT = frozenset(("metadata", "meta", "lexicon", "desc", "viseme", "backgroundaudio"))
_TRANSPARENT = frozenset(("speak", "voice", "lang", "lookup", "audio", "audioduration", "domain"))
_REGIMES = {
    "whispering": "whisper", "whispered": "whisper", "shouting": "shout", "laughing": "laugh", "crying": "cry",
    "sobbing": "cry", "sighing": "sigh",
}  # fmt: skip
"""Styles of <express-as> that are regimes."""
_ROLES = {"VB": "verb", "VBP": "verb", "NN": "noun", "VBD": "past", "VBN": "past", "JJ": "adjective", "DT": "noun"}


class _Reader(ContentHandler):
    """Turns SAX events into builder calls; keeps the place for error messages."""

    def __init__(self) -> None:
        super().__init__()
        self.builder = Builder()
        self._open: list[tuple[str, int, AttributesImpl, bool]] = []
        self._silent = 0
        self._locator: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:
        """Called by the parser before anything else."""
        self._locator = locator

    def _wrong(self, message: str) -> TextError:
        line, column = (self._locator.getLineNumber(), self._locator.getColumnNumber()) if self._locator else (None, None)
        return TextError(f"SSML line {line}, column {(column or 0) + 1}: {message}")

    def characters(self, content: str) -> None:
        """Text between tags."""
        if not self._silent:
            self.builder.add(re.sub(r"\s+", " ", content))

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        """An opening tag."""
        tag = name.split(":")[-1].lower()
        styled = False
        if tag in _SILENT:
            self._silent += 1
        elif not self._silent:
            style = self._style(tag, attrs)
            styled = style is not None
            if style is not None:
                self.builder.push(tag, style)
            self._place(tag, attrs)
        self._open.append((tag, self.builder.at, attrs, styled))

    def endElement(self, name: str) -> None:
        """A closing tag."""
        tag, start, attrs, styled = self._open.pop()
        if tag in _SILENT:
            self._silent -= 1
            return
        if self._silent:
            return
        if styled:
            self.builder.pop()
        if tag in ("p", "s", "paragraph", "sentence"):
            self.builder.add(" ")
            self.builder.point(boundary=True)
        self._settle(tag, start, attrs)

    def _place(self, tag: str, attrs: AttributesImpl) -> None:
        """Tags that mean a place: pauses, marks, ends of sentences."""
        if tag in ("p", "s", "paragraph", "sentence"):
            self.builder.point(boundary=True)
        elif tag in ("break", "silence"):
            self._pause(attrs)
        elif tag in ("mark", "bookmark"):
            self.builder.point(mark=self._need(attrs, tag, "name" if tag == "mark" else "mark"))
        elif tag == "remember":
            self.builder.point(tag=self._need(attrs, tag, "as").strip().lower())
        elif tag == "speak" and attrs.get("xml:lang"):
            self.builder.document.language = str(attrs.get("xml:lang")).split("-")[0].lower()
        elif tag not in _KNOWN:
            self.builder.note(f"SSML tag <{tag}> is not supported; its text is spoken")

    def _pause(self, attrs: AttributesImpl) -> None:
        given = attrs.get("time") or attrs.get("value")
        strength = attrs.get("strength", "medium")
        time = seconds(given) if given else BREAKS.get(strength)
        if time is None:
            raise self._wrong(
                f'break {given or strength!r} is not understood; use time="500ms" or strength="{"|".join(BREAKS)}"'
            )
        self.builder.point(pause=time)

    def _need(self, attrs: AttributesImpl, tag: str, name: str) -> str:
        value = attrs.get(name)
        if not value:
            raise self._wrong(f'<{tag}> needs an attribute {name}="..."')
        return str(value)

    def _style(self, tag: str, attrs: AttributesImpl) -> Style | None:
        """The style that a tag puts over its text, or None."""
        style = self.builder.style
        if tag == "prosody":
            return replace(style, prosody=merged(style.prosody, self._prosody(attrs)))
        if tag == "emphasis":
            level = attrs.get("level", "moderate")
            if level not in _EMPHASIS:
                raise self._wrong(f"emphasis level {level!r} is not understood; use {', '.join(_EMPHASIS)}")
            return replace(style, accent=_EMPHASIS[level])
        if tag == "express-as":
            return self._feeling(self._need(attrs, tag, "style"), self._degree(attrs.get("styledegree", "1")))
        if tag == "emotion":
            degree = {"low": 0.4, "medium": 0.7, "high": 1.0}.get(attrs.get("intensity", "medium"), 0.7)
            return self._feeling(self._need(attrs, tag, "name"), degree)
        if tag == "like":
            what, weight = self._need(attrs, tag, "memory"), attrs.get("weight", "")
            return replace(style, like=f"{what} {weight}".strip().lower())
        if tag == "effect" and attrs.get("name") == "whispered":
            return self.builder.manner("whisper", 1.0)
        return None

    def _feeling(self, name: str, degree: float) -> Style:
        style, key = self.builder.style, name.strip().lower().replace("_", "-")
        regime = _REGIMES.get(key, key)
        if regime in manners():
            return self.builder.manner(regime, min(degree, 1.5))
        if (manner := MANNERS.get(key)) is not None:
            return replace(style, prosody=merged(style.prosody, manner))
        if key not in feelings():
            self.builder.note(f"SSML style {name!r} is not known and is spoken neutrally")
            return style
        feeling = named(key, degree)
        return replace(style, emotion=feeling if style.emotion is None else blended(style.emotion, feeling))

    def _degree(self, text: str) -> float:
        try:
            return max(0.01, min(2.0, float(text)))
        except ValueError:
            raise self._wrong(f"styledegree {text!r} is not a number from 0.01 to 2") from None

    def _prosody(self, attrs: AttributesImpl) -> Prosody:
        return Prosody(
            rate=self._factor(attrs, "rate", _RATE),
            pitch=self._shift(attrs, "pitch", _PITCH),
            span=self._factor(attrs, "range", _RANGE),
            volume=self._shift(attrs, "volume", _VOLUME),
        )

    def _number(self, attrs: AttributesImpl, name: str, names: dict[str, float]) -> tuple[str, float, str]:
        """Sign, value and unit of an attribute."""
        text = str(attrs.get(name)).strip()
        m = _NUMBER.match(text)
        if m is None:
            raise self._wrong(
                f"prosody {name} {text!r} is not understood; use {', '.join(names)} or a number such as {_SAMPLE[name]}"
            )
        return m[1], float(m[1] + m[2]), (m[3] or "").lower()

    def _factor(self, attrs: AttributesImpl, name: str, names: dict[str, float]) -> float:
        """Rate or range: a name, "80%", "+20%" or "1.2"."""
        text = attrs.get(name)
        if text is None or text.strip() in names:
            return names[text.strip()] if text is not None else 1.0
        sign, value, unit = self._number(attrs, name, names)
        if unit == "%":
            value = value / 100.0 + (1.0 if sign else 0.0)
        elif unit in ("st", "hz"):  # a range in semitones or Hz: against a usual range of 8 semitones
            value = 1.0 + value / 8.0 if unit == "st" else 1.0
        elif sign:
            value += 1.0
        return max(0.25, min(4.0, value)) if name == "rate" else max(0.0, min(3.0, value))

    def _shift(self, attrs: AttributesImpl, name: str, names: dict[str, float]) -> float:
        """Pitch in semitones or volume in dB: a name, "+2st", "-10%", "+20Hz", "+6dB"."""
        text = attrs.get(name)
        if text is None or text.strip() in names:
            return names[text.strip()] if text is not None else 0.0
        sign, value, unit = self._number(attrs, name, names)
        if name == "volume":
            if unit == "db":
                return max(-96.0, min(24.0, value))
            share = 1.0 + value / 100.0 if sign else value / 100.0
            return max(-96.0, min(24.0, 20.0 * math.log10(max(share, 1e-5))))
        if unit == "st":
            return max(-24.0, min(24.0, value))
        ratio = (
            1.0 + value / 100.0
            if unit == "%" and sign
            else value / 100.0
            if unit == "%"
            else value / _HZ_BASE + (1.0 if sign else 0.0)
        )
        return max(-24.0, min(24.0, 12.0 * math.log2(max(ratio, 0.25))))

    def _settle(self, tag: str, start: int, attrs: AttributesImpl) -> None:
        """Tags that say how their text is to be read."""
        if tag == "sub":
            self.builder.override(start, "sub", self._need(attrs, tag, "alias"))
        elif tag == "say-as":
            self.builder.override(start, "say-as", self._need(attrs, tag, "interpret-as").lower(), attrs.get("format", ""))
        elif tag in ("w", "token") and attrs.get("role"):
            role = str(attrs.get("role")).split(":")[-1]
            self.builder.override(start, "role", _ROLES.get(role.upper(), role.lower()))
        elif tag == "phoneme":
            alphabet, text = attrs.get("alphabet", "ipa").lower(), self._need(attrs, tag, "ph")
            if alphabet not in ("ipa", "x-arpabet", "x-cmu", "cmu-arpabet", "cmu"):
                raise self._wrong(f"phoneme alphabet {alphabet!r} is not known; use ipa or x-arpabet")
            symbols = from_ipa(text) if alphabet == "ipa" else from_arpabet(text)
            if not symbols:
                raise self._wrong(f"phoneme {text!r} has a sign that is not {alphabet}")
            self.builder.override(start, "phones", " ".join(symbols))


_SAMPLE = {"rate": '"80%"', "pitch": '"+2st"', "range": '"+20%"', "volume": '"+6dB"'}
_KNOWN = _TRANSPARENT | frozenset(
    listed(
        "p s paragraph sentence break silence prosody emphasis say-as sub phoneme mark bookmark express-as emotion effect",
        "w token like remember",
    )
)


def parse(text: str) -> Document:
    """An SSML document. Raises TextError, with line and column, when it is malformed or unsafe."""
    reader = _Reader()
    try:
        read_xml(text.strip().encode("utf-8", "replace"), reader, "SSML")
    except AssetError as why:
        raise TextError(str(why)) from None
    return reader.builder.done()
