"""Recipes of heads: what makes one person, as a file, from sliders, or drawn by lot."""

import re
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct, field, to_builtins

from psi_ecs import AssetError
from psi_ecs.components.avatar import Look
from psi_ecs.systems.formats.toml import parse_toml, read_text, toml_text

from .creature import Stylised
from .features import FEATURES, sided, targets
from .parts import F
from .source import Source

YEARS = {"baby": 1.0, "child": 10.0, "young": 25.0, "old": 90.0}
"""Ages at which the source's macro shapes stand alone (MakeHuman's `human.py`); between two of them they are mixed."""
YOUNGEST, OLDEST = 5.0, 90.0
PEOPLE = ("asian", "african", "caucasian")
"""The source's names of its three macro shapes."""
FRIENDLY = {"mouth-corners": 0.38, "eye-open": 0.3, "eye-size": 0.2}
"""Features that a person made from sliders begins with: the plain source looks stern."""
SKINS = {"asian": (200, 152, 114), "african": (108, 70, 48), "caucasian": (212, 160, 130)}
IRISES = {"asian": (66, 44, 28), "african": (58, 38, 26), "caucasian": (92, 122, 128)}
"""Skin and iris of the picture of a new head, sRGB; a persona chooses its own."""


class Recipe(Struct, kw_only=True, forbid_unknown_fields=True):
    """What makes one head, as in `assets/heads/NAME.toml`."""

    seed: int = 1
    """Of what is drawn by lot: strands, brows and lashes."""
    gender: float = 0.0
    """0 female to 1 male."""
    age: float = 25.0
    """Years, 5 to 90."""
    ethnic: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PEOPLE, 1.0))
    """Mix of the source's macro shapes; shares are scaled to sum to 1."""
    feature: dict[str, float] = field(default_factory=dict)
    """Sliders of `features`, -1 to 1."""
    target: dict[str, float] = field(default_factory=dict)
    """Local shapes of the source, by path below its targets folder; @ stands for left and right."""
    brow: dict[str, float] = field(default_factory=dict)
    hair: dict[str, float | str] = field(default_factory=dict)
    lash: float = 1.0
    """Length of the lashes, 1 for long ones."""
    collar: dict[str, float] = field(default_factory=dict)


def load_recipe(path: Path) -> Recipe | Stylised:
    """A recipe file: of a person, or with `kind = "stylised"` of a head made by code. AssetError with file and key if it is
    wrong."""
    text = read_text(path)
    if re.search(r"^kind\s*=", text, re.MULTILINE):
        return parse_toml(text, Stylised, str(path))
    recipe = parse_toml(text, Recipe, str(path))
    try:
        check(recipe)
    except AssetError as why:
        raise AssetError(f"{path}: {why}") from why
    return recipe


def recipe_text(recipe: Recipe | Stylised, title: str) -> str:
    """A recipe as the text of its file."""
    plain = to_builtins(recipe)
    made = "made by code" if isinstance(recipe, Stylised) else "own mix of the CC0 MakeHuman shapes; see psi face features"
    return f"# {title}: {made}.\n" + toml_text(plain)


def check(recipe: Recipe) -> None:
    """AssetError in one line for a value out of reach or a name that there is not."""
    for name, value, low, high in (
        ("gender", recipe.gender, 0.0, 1.0),
        ("age", recipe.age, YOUNGEST, OLDEST),
        ("lash", recipe.lash, 0.0, 2.0),
    ):
        if not low <= value <= high:
            raise AssetError(f"{name} is {value:g}; use {low:g} to {high:g}")
    for name, share in recipe.ethnic.items():
        if name not in PEOPLE or share < 0.0:
            raise AssetError(f"ethnic {name}={share:g}; use {', '.join(PEOPLE)} with shares of 0 and more")
    if sum(recipe.ethnic.values()) <= 0.0:
        raise AssetError(f"ethnic adds up to nothing; give at least one of {', '.join(PEOPLE)} a share")
    targets(recipe.feature)


def ages(years: float) -> dict[str, float]:
    """Shares of the source's ages, which sum to 1."""
    names, at = list(YEARS), list(YEARS.values())
    share = {n: float(np.interp(years, at, np.eye(len(at))[i])) for i, n in enumerate(names)}
    return {n: s for n, s in share.items() if s > 0.0}


def identity(source: Source, recipe: Recipe) -> F:
    """The neutral mesh of this person, decimetres."""
    total = sum(recipe.ethnic.values())
    people = {name: share / total for name, share in recipe.ethnic.items() if share > 0.0}
    shape = source.base.copy()
    for gender, by in (("female", 1.0 - recipe.gender), ("male", recipe.gender)):
        for age, share in ages(recipe.age).items() if by else ():
            shape += by * share * source.target(f"macrodetails/universal-{gender}-{age}-averagemuscle-averageweight")
            for name, part in people.items():
                shape += by * share * part * source.target(f"macrodetails/{name}-{gender}-{age}")
    for path, weight in (*recipe.target.items(), *targets(recipe.feature).items()):
        for one in sided(path):
            shape += weight * source.target(one)
    return shape


def random_recipe(seed: int) -> Recipe:
    """A person drawn by lot; the same for the same seed."""
    random = np.random.Generator(np.random.PCG64(seed))
    gender = float(np.round(np.clip(random.choice((0.08, 0.92)) + random.normal(0, 0.1), 0, 1), 2))
    age = float(np.round(random.triangular(17, 30, 75)))
    shares = np.round(random.dirichlet((0.8, 0.8, 0.8)), 2)
    values = np.round(np.clip(random.normal(0, 0.28, len(FEATURES)), -0.7, 0.7), 2)
    some = random.random(len(FEATURES)) < 0.6
    return Recipe(
        seed=seed,
        gender=gender,
        age=age,
        ethnic=dict(zip(PEOPLE, map(float, shares), strict=True)),
        feature=FRIENDLY | {n: float(v) for n, v, given in zip(FEATURES, values, some, strict=True) if given},
        **styled(gender, age, random),
    )


def styled(gender: float, age: float, random: np.random.Generator) -> dict[str, Any]:
    """Hair, brows, lashes and collar that go with gender and age; a little by lot."""
    man = gender > 0.5
    grown = float(np.interp(age, (5.0, 18.0), (0.78, 1.0)))
    cut: dict[str, float | str] = (
        {
            "cut": "short",
            "cards": 640.0,
            "raise": 0.02,
            "top": round(0.010 + 0.006 * random.random(), 4),
            "side": 0.003,
            "sweep": 0.5,
        }
        if man
        else {
            "cut": "bob",
            "cards": 220.0,
            "part": 0.02,
            "end": round(-grown * (0.115 + 0.03 * random.random()), 3),
            "volume": 0.011,
        }
    )
    brow = {"thickness": 5.0 + 2.0 * man, "lift": 22.0 - 3.0 * man, "arch": 4.5 - 2.0 * man, "length": 42.0 + 4.0 * man}
    return {
        "hair": cut,
        "brow": {k: round(v * grown * random.uniform(0.93, 1.07), 2) for k, v in brow.items()},
        "lash": 0.6 if man else 1.0,
        "collar": {"drop": 0.010, "tilt": 0.36, "thick": 0.006, "tall": 0.012},
    }


def look_of(recipe: Recipe | Stylised) -> Look:
    """Colours for the picture of a new head: skin by its mix, hair grey with age."""
    if isinstance(recipe, Stylised):
        return Look(skin="#b4a6da", lips="#8f4f86", iris="#2f8f8a", hair="#e0637a", brow="#a8435a", cloth="#d9a23a")
    total = sum(recipe.ethnic.values())
    tone, iris = (sum(np.array(c[n]) * share / total for n, share in recipe.ethnic.items()) for c in (SKINS, IRISES))
    grey = float(np.clip((recipe.age - 45.0) / 30.0, 0.0, 1.0))
    strand = (1 - grey) * np.array((48, 34, 26)) + grey * np.array((168, 166, 162))
    lips = 0.55 * np.asarray(tone) + 0.45 * np.array((168, 78, 88))

    def code(colour: F) -> str:
        return "#" + "".join(f"{round(float(c)):02x}" for c in colour)

    brow = 0.8 * strand
    return Look(
        skin=code(np.asarray(tone)),
        iris=code(np.asarray(iris)),
        lips=code(lips),
        hair=code(strand),
        brow=code(brow),
        freckles=0.2,
    )
