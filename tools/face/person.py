"""`psi face build`: a head from a recipe, from sliders, or by lot, with its recipe and a picture of it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from psi_ecs import PsiError
from psi_ecs.asset import package_folder
from psi_ecs.systems.formats.glb import write_head
from psi_ecs.systems.formats.png import write_png
from psi_ecs.systems.formats.safe import write_file

from .build import head_of
from .creature import Stylised
from .picture import Studio, tiled, weights
from .recipe import FRIENDLY, Recipe, check, load_recipe, look_of, random_recipe, recipe_text, styled


def pairs(texts: Iterable[str], option: str) -> dict[str, float]:
    """`name=number` texts, several to one separated by commas. PsiError names the option and what is wrong."""
    out: dict[str, float] = {}
    for text in (part for given in texts for part in given.split(",") if part.strip()):
        name, sign, number = text.partition("=")
        try:
            if not sign:
                raise ValueError
            out[name.strip()] = float(number)
        except ValueError:
            raise PsiError(f"{option} {text!r}: write name=number, such as nose-width=0.4") from None
    return out


def recipe_path(given: str) -> Path:
    """Where a recipe stands: the file, or the asset of that name."""
    return Path(given) if given.endswith(".toml") else package_folder("assets") / "heads" / f"{given}.toml"


def beside(given: str) -> Path:
    """The GLB that a recipe makes when no other is named: beside the file, or here for one that comes along."""
    return Path(given).with_suffix(".glb")


def recipe_for(given: str | None, seed: int | None, changes: dict[str, Any], features: dict[str, float]) -> Recipe | Stylised:
    """The recipe of a file or asset, drawn by lot, or a plain one, with these changes."""
    if given is not None and seed is not None:
        raise PsiError("--random draws a whole person; leave the recipe out")
    if given is not None:
        found = load_recipe(recipe_path(given))
        if isinstance(found, Stylised):
            if changes or features:
                raise PsiError(f"{given} is a head made by code; change its measures in the recipe instead")
            return found
        recipe = found
    elif seed is not None:
        recipe = random_recipe(seed)
    else:
        gender, age = float(changes.get("gender", 0.0)), float(changes.get("age", 25.0))
        recipe = Recipe(feature=dict(FRIENDLY), **styled(gender, age, np.random.Generator(np.random.PCG64(1))))
    for name, value in changes.items():
        setattr(recipe, name, value)
    recipe.feature |= features
    check(recipe)
    return recipe


def run(recipe: Recipe | Stylised, out: Path, save: Path | None, source: Path | None) -> tuple[list[Path], str]:
    """Bake a head; write GLB, recipe (unless None) and picture. Returns the files, and a remark if nothing could be drawn."""
    from psi_ecs.systems.output.draw import DrawError

    if out.suffix != ".glb":
        raise PsiError(f"{out}: must end in .glb")
    head = head_of(out.stem, recipe, source)
    write_file(out, write_head(head))
    made = [out]
    if save is not None:
        write_file(save, recipe_text(recipe, out.stem))
        made.append(save)
    try:
        studio = Studio(head, look_of(recipe), (480, 560))
        shots = [studio.shot(weights(), view) for view in ("front", "three-quarter")]
    except DrawError as why:
        return made, str(why)
    write_file(out.with_suffix(".png"), write_png(tiled(shots, 2)))
    return [*made, out.with_suffix(".png")], ""
