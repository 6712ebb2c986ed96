"""What morph targets are called by those who make heads, and which of our shapes is meant.

A *channel* is an ARKit shape, one of TONGUE, an ARKit shape without its side (`eyeBlink`: both at once), a half of a shape
that has no side (`browInnerUpLeft`), or an expression of VRM 1.0 (`aa`, `happy`). `synthesise` makes shapes of the rest.

Sources: Apple's ARFaceAnchor.BlendShapeLocation; ICT-FaceKit and iFacialMocap (`_L`, `_R`); Perfect Sync for VRM
(UpperCamel); Ready Player Me (`mouthOpen`, `eyesClosed`, `viseme_aa`); VRoid Studio (`Fcl_MTH_A`); VRM 0.x and 1.0.
"""

import re

from psi_ecs.components.face import BLENDSHAPES, SHAPES

SIDES = ("Left", "Right")
STEMS: tuple[str, ...] = tuple(
    dict.fromkeys(s.removesuffix("Left") for s in BLENDSHAPES if s.endswith("Left") and s not in ("jawLeft", "mouthLeft"))
)
"""Shapes that come in pairs, without their side."""
HALVED = (
    "browInnerUp", "cheekPuff", "mouthPucker", "mouthFunnel", "mouthClose", "mouthRollLower", "mouthRollUpper",
    "mouthShrugLower", "mouthShrugUpper",
)  # fmt: skip
"""Shapes without a side that some heads have in halves."""
EXPRESSIONS = ("aa", "ih", "ou", "ee", "oh", "happy", "angry", "sad", "relaxed", "surprised", "lookLeft", "lookRight")
CHANNELS = {c.lower(): c for c in (*SHAPES, *STEMS, *(h + s for h in HALVED for s in SIDES), *EXPRESSIONS)}
ALIASES = {
    "eyesclosed": "eyeBlink", "eyeclose": "eyeBlink", "eyescloseleft": "eyeBlinkLeft", "eyescloseright": "eyeBlinkRight",
    "eyecloseleft": "eyeBlinkLeft", "eyecloseright": "eyeBlinkRight", "blink": "eyeBlink", "blinkleft": "eyeBlinkLeft",
    "blinkright": "eyeBlinkRight", "eyeslookup": "eyeLookUp", "eyeslookdown": "eyeLookDown", "lookup": "eyeLookUp",
    "lookdown": "eyeLookDown", "mouthopen": "aa", "visemeaa": "aa", "visemei": "ih", "visemeih": "ih", "visemeu": "ou",
    "visemeou": "ou", "visemee": "ee", "visemeo": "oh", "visemeoh": "oh", "mtha": "aa", "mthi": "ih", "mthu": "ou",
    "mthe": "ee", "mtho": "oh", "joy": "happy", "alljoy": "happy", "allangry": "angry", "sorrow": "sad", "allsorrow": "sad",
    "fun": "relaxed", "allfun": "relaxed", "allsurprised": "surprised", "あ": "aa", "い": "ih", "う": "ou", "え": "ee",
    "お": "oh", "まばたき": "eyeBlink", "笑い": "happy", "怒り": "angry", "困る": "sad",
}  # fmt: skip
"""Other words for channels."""
WHOLE = {"a": "aa", "i": "ih", "u": "ou", "e": "ee", "o": "oh"}
"""What only means a vowel when it is the whole name."""
_BORDER = re.compile(r"[^\w]+|_+|(?<=[a-z0-9])(?=[A-Z])")


def channel(name: str) -> str | None:
    """The channel that a morph target or expression means, in any of the known spellings, or None."""
    words = [w.lower() for w in _BORDER.split(name) if w]
    if len(words) > 12:
        words = words[-12:]
    if len(words) == 1 and words[0] in WHOLE:
        return WHOLE[words[0]]
    for first in range(len(words)):  # the longest ending that is a name: what stands before it is the mesh's
        rest = words[first:]
        if len(rest) > 1 and rest[-1] in ("l", "r"):
            rest = [*rest[:-1], "left" if rest[-1] == "l" else "right"]
        flat = "".join(rest)
        if flat in CHANNELS or flat in ALIASES:
            return CHANNELS.get(flat) or ALIASES[flat]
    return None


def canonical(name: str) -> str | None:
    """The shape (ARKit's, or of TONGUE) that a morph target's name means, or None."""
    found = channel(name)
    return found if found in SHAPES else None


def style(name: str, meant: str) -> str:
    """In a word or two, how `name` writes the channel `meant`."""
    if name == meant:
        return "as ARKit writes it"
    tail = re.split(r"[.\s|:/]", name)[-1]
    if re.search(r"_[LRlr]$", tail):
        return "_L and _R"
    if tail == meant[:1].upper() + meant[1:]:
        return "UpperCamel"
    return "with a prefix" if name.endswith(meant) else "other words"
