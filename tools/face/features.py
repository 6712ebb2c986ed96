"""Sliders of a face by names that people use, each from -1 to 1, and the shapes of the source at their two ends.

A path is below the source's targets folder; @ stands for left and right.
"""

from difflib import get_close_matches

from psi_ecs import AssetError

_PAIRS: dict[str, tuple[str, str, str]] = {
    "face-width": ("narrow to wide", "head/head-scale-horiz-decr", "head/head-scale-horiz-incr"),
    "face-length": ("short to long", "head/head-scale-vert-decr", "head/head-scale-vert-incr"),
    "face-oval": ("square to oval", "head/head-square", "head/head-oval"),
    "face-round": ("rectangular to round", "head/head-rectangular", "head/head-round"),
    "face-heart": ("wide jaw to heart", "head/head-triangular", "head/head-invertedtriangular"),
    "face-full": ("lean to full", "head/head-fat-decr", "head/head-fat-incr"),
    "forehead-height": ("low to high", "forehead/forehead-scale-vert-decr", "forehead/forehead-scale-vert-incr"),
    "forehead-slope": ("forward to sloping", "forehead/forehead-trans-forward", "forehead/forehead-trans-backward"),
    "temples": ("hollow to full", "forehead/forehead-temple-decr", "forehead/forehead-temple-incr"),
    "brow-ridge": ("flat to strong", "eyebrows/eyebrows-trans-backward", "eyebrows/eyebrows-trans-forward"),
    "eye-size": ("small to large", "eyes/@eye-scale-decr", "eyes/@eye-scale-incr"),
    "eye-spacing": ("close to wide", "eyes/@eye-trans-in", "eyes/@eye-trans-out"),
    "eye-height": ("low to high", "eyes/@eye-trans-down", "eyes/@eye-trans-up"),
    "eye-open": ("narrow to open", "eyes/@eye-height2-decr", "eyes/@eye-height2-incr"),
    "eye-tilt": ("outer corner down to up", "eyes/@eye-corner2-down", "eyes/@eye-corner2-up"),
    "eye-epicanthus": ("no fold to fold", "eyes/@eye-epicanthus-out", "eyes/@eye-epicanthus-in"),
    "lid-fold": ("low to high", "eyes/@eye-eyefold-down", "eyes/@eye-eyefold-up"),
    "eye-bags": ("smooth to bags", "eyes/@eye-bag-decr", "eyes/@eye-bag-incr"),
    "nose-size": ("small to large", "nose/nose-volume-decr", "nose/nose-volume-incr"),
    "nose-width": ("narrow to wide", "nose/nose-scale-horiz-decr", "nose/nose-scale-horiz-incr"),
    "nose-length": ("short to long", "nose/nose-scale-vert-decr", "nose/nose-scale-vert-incr"),
    "nose-depth": ("flat to standing out", "nose/nose-scale-depth-decr", "nose/nose-scale-depth-incr"),
    "nose-hump": ("scooped to humped", "nose/nose-hump-decr", "nose/nose-hump-incr"),
    "nose-bridge": ("concave to convex", "nose/nose-curve-concave", "nose/nose-curve-convex"),
    "nose-tip": ("down to up", "nose/nose-point-down", "nose/nose-point-up"),
    "nose-tip-width": ("fine to broad", "nose/nose-point-width-decr", "nose/nose-point-width-incr"),
    "nostrils": ("narrow to wide", "nose/nose-nostrils-width-decr", "nose/nose-nostrils-width-incr"),
    "mouth-width": ("narrow to wide", "mouth/mouth-scale-horiz-decr", "mouth/mouth-scale-horiz-incr"),
    "mouth-height": ("low to high", "mouth/mouth-trans-down", "mouth/mouth-trans-up"),
    "mouth-corners": ("down to up", "mouth/mouth-angles-down", "mouth/mouth-angles-up"),
    "upper-lip": ("thin to full", "mouth/mouth-upperlip-volume-decr", "mouth/mouth-upperlip-volume-incr"),
    "lower-lip": ("thin to full", "mouth/mouth-lowerlip-volume-decr", "mouth/mouth-lowerlip-volume-incr"),
    "cupids-bow": ("flat to curved", "mouth/mouth-cupidsbow-decr", "mouth/mouth-cupidsbow-incr"),
    "laugh-lines": ("smooth to deep", "mouth/mouth-laugh-lines-out", "mouth/mouth-laugh-lines-in"),
    "cheekbones": ("flat to high", "cheek/@cheek-bones-decr", "cheek/@cheek-bones-incr"),
    "cheeks": ("hollow to full", "cheek/@cheek-volume-decr", "cheek/@cheek-volume-incr"),
    "chin-width": ("narrow to wide", "chin/chin-width-decr", "chin/chin-width-incr"),
    "chin-height": ("short to long", "chin/chin-height-decr", "chin/chin-height-incr"),
    "chin-forward": ("receding to prominent", "chin/chin-prominent-decr", "chin/chin-prominent-incr"),
    "chin-cleft": ("smooth to cleft", "chin/chin-cleft-decr", "chin/chin-cleft-incr"),
    "jaw-width": ("narrow to wide", "chin/chin-bones-decr", "chin/chin-bones-incr"),
    "jaw-drop": ("high to low", "chin/chin-jaw-drop-decr", "chin/chin-jaw-drop-incr"),
    "ear-size": ("small to large", "ears/@ear-scale-decr", "ears/@ear-scale-incr"),
    "ear-wing": ("flat to standing out", "ears/@ear-wing-decr", "ears/@ear-wing-incr"),
    "ear-point": ("round to pointed", "ears/@ear-shape-round", "ears/@ear-shape-pointed"),
    "ear-lobe": ("small to large", "ears/@ear-lobe-decr", "ears/@ear-lobe-incr"),
    "neck-width": ("narrow to wide", "neck/neck-scale-horiz-decr", "neck/neck-scale-horiz-incr"),
    "neck-length": ("short to long", "neck/neck-scale-vert-decr", "neck/neck-scale-vert-incr"),
}  # fmt: skip
FEATURES: tuple[str, ...] = tuple(_PAIRS)
"""Every name, in the order of the face from its outline to the neck."""


def meaning(name: str) -> str:
    """What -1 and 1 of a feature are, in words."""
    return _PAIRS[name][0]


def targets(features: dict[str, float]) -> dict[str, float]:
    """Paths of the source's shapes and their weights for features. AssetError names an unknown one, or a value out of reach."""
    out: dict[str, float] = {}
    for name, value in features.items():
        if name not in _PAIRS:
            near = get_close_matches(name, FEATURES, 1, 0.5)
            raise AssetError(
                f"no feature {name!r}; " + (f"did you mean {near[0]!r}? " if near else "") + "psi face features lists them"
            )
        if not -1.0 <= value <= 1.0:
            raise AssetError(f"feature {name} is {value:g}; use -1 to 1")
        out[_PAIRS[name][1 if value < 0 else 2]] = abs(value)
    return out


def sided(path: str) -> list[str]:
    """A path with @ as its left and its right one."""
    return [path.replace("@", side) for side in ("l-", "r-")] if "@" in path else [path]
