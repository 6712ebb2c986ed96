"""A head made by code: lids that turn on the ball, lips that part and close exactly, gills that show feelings."""

from pathlib import Path

import numpy as np
import pytest

from psi_ecs import AssetError
from psi_ecs.asset import package_folder
from psi_ecs.components.face import Head
from psi_ecs.systems.formats.glb import write_head
from psi_ecs.tools.face.build import head_of
from psi_ecs.tools.face.lids import LidStyle, lids
from psi_ecs.tools.face.muscles import turned
from psi_ecs.tools.face.recipe import load_recipe

RECIPE = package_folder("assets") / "heads" / "olmo.toml"


@pytest.fixture(scope="module")
def olmo() -> Head:
    """Made anew, without any source."""
    return head_of("olmo", load_recipe(RECIPE))


def test_the_head_that_ships_is_what_the_recipe_makes(olmo: Head) -> None:
    """To the byte."""
    assert write_head(olmo) == (RECIPE.with_suffix(".glb")).read_bytes()


def test_a_turn_keeps_distance_from_its_axis() -> None:
    """And lowers what lies before it."""
    p = np.array([[3.0, 4.0, 50.0], [-2.0, -30.0, 10.0]])
    pivot = np.array((0.0, 5.0, -20.0))
    new = p + turned(p, pivot, 0.3)
    np.testing.assert_allclose(np.linalg.norm((new - pivot)[:, 1:], axis=1), np.linalg.norm((p - pivot)[:, 1:], axis=1))
    assert new[0, 1] < p[0, 1] and (new[:, 0] == p[:, 0]).all()


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_lids_stay_before_the_ball_all_the_way(share: float) -> None:
    """Where the eye looks out, no lid cuts into it at any moment of a blink; shut, upper and lower edge meet."""
    eye, radius = np.array((40.0, 0.0, 0.0)), 23.0
    edges = []
    for p, _, moves, _ in lids(eye, radius, LidStyle())[:2]:
        at = (p + share * moves["eyeBlinkLeft"]).reshape(-1, 17, 3) - eye
        assert np.linalg.norm(at[1:4], axis=2).min() > radius - 0.05
        edges.append(at[1, 8, 1])
    if share == 1.0:
        assert abs(edges[0] - edges[1]) < 0.4


def test_lips_meet_all_along_at_any_jaw(olmo: Head) -> None:
    """mouthClose gives back exactly what jawOpen parted."""
    skin = olmo.meshes[0]
    seam = slice(0, 48)  # the innermost ring: upper lip from the left corner, then lower lip
    for weight in (0.2, 1.0):
        at = (skin.position + weight * (skin.delta["jawOpen"] + skin.delta["mouthClose"]))[seam]
        gap = np.linalg.norm(at[1:24] - at[47:24:-1], axis=1)
        assert gap.max() < 3e-4
    wide = (skin.position + skin.delta["jawOpen"])[seam]
    assert np.linalg.norm(wide[12] - wide[36]) > 0.025


def test_gills_follow_the_face(olmo: Head) -> None:
    """Up with a smile, down with a frown, each side by itself."""
    gills = next(m for m in olmo.meshes if m.name == "Gills")
    left, tip = gills.position[:, 0] > 0, np.abs(gills.position[:, 0]) > 0.13
    assert gills.delta["mouthSmileLeft"][left & tip, 1].mean() > 0.003
    assert gills.delta["mouthFrownLeft"][left & tip, 1].mean() < -0.005
    assert not gills.delta["mouthFrownLeft"][~left].any()


def test_a_wrong_measure_is_named(tmp_path: Path) -> None:
    """With file and key."""
    path = tmp_path / "odd.toml"
    path.write_text('kind = "stylised"\n[eyes]\nradus = 20.0\n', encoding="utf-8")
    with pytest.raises(AssetError, match=r"odd\.toml:3.*radus"):
        load_recipe(path)
