"""The steps by which heads are built, on small made-up shapes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from psi_ecs import AssetError
from psi_ecs.tools.face import parts
from psi_ecs.tools.face.build import load_recipe
from psi_ecs.tools.face.comb import ROWS, Style, bob, crop
from psi_ecs.tools.face.hair import hair
from psi_ecs.tools.face.lashes import lashes
from psi_ecs.tools.face.parts import F
from psi_ecs.tools.face.scalp import CENTRE, Skull, above, deep, hairline, toward
from psi_ecs.tools.face.subdivide import catmull_clark
from psi_ecs.tools.face.surface import Surface


def ball(radius: float = 0.09) -> Surface:
    """A sphere about the middle of the skull."""
    rows, columns = 40, 64
    polar, around = np.meshgrid(np.linspace(0.02, np.pi - 0.02, rows), np.linspace(0, 2 * np.pi, columns), indexing="ij")
    p = np.stack([np.sin(polar) * np.sin(around), np.cos(polar), np.sin(polar) * np.cos(around)], 2).reshape(-1, 3)
    return Surface(CENTRE + radius * p, parts.grid(rows, columns))


def skull(radius: float = 0.09) -> Skull:
    """Its skull."""
    surface = ball(radius)
    out = surface.position - CENTRE
    return Skull(surface.position, out / np.linalg.norm(out, axis=1, keepdims=True))


def test_subdivision_keeps_a_plane_and_opens_no_crack() -> None:
    """Weights sum to one, points stay in the plane, inner edges have two triangles."""
    x, y = np.meshgrid(np.arange(5.0), np.arange(5.0), indexing="ij")
    p = np.stack([x.ravel(), y.ravel(), 2 * x.ravel() - y.ravel()], 1)
    quads = np.array([[i * 5 + j, i * 5 + j + 5, i * 5 + j + 6, i * 5 + j + 1] for i in range(4) for j in range(4)])
    chosen = np.zeros(len(quads), bool)
    chosen[5:7] = True
    triangle, smooth, made_from = catmull_clark(quads, len(p), chosen)
    new = smooth(p)
    np.testing.assert_allclose(smooth(np.ones((25, 1))), 1.0)
    np.testing.assert_allclose(new[:, 2], 2 * new[:, 0] - new[:, 1], atol=1e-12)
    assert len(triangle) > 2 * len(quads) and set(made_from) == set(range(len(quads)))
    edges = np.sort(np.concatenate([triangle[:, [0, 1]], triangle[:, [1, 2]], triangle[:, [2, 0]]]), axis=1)
    unique, count = np.unique(edges, axis=0, return_counts=True)
    rim = unique[count == 1]
    assert count.max() == 2 and 16 <= len(rim) <= 24
    assert (np.bincount(rim.ravel())[np.unique(rim)] == 2).all()  # one closed border, no hole inside


def test_skull_is_round_where_it_is_round() -> None:
    """Its radius is found again in every direction."""
    way = toward(np.linspace(-3, 3, 20), np.linspace(-0.5, 1.4, 20))
    np.testing.assert_allclose(skull()(way), 0.09, atol=5e-4)


def test_hairline_is_symmetric_and_can_be_raised() -> None:
    """Left as right, and only the front moves."""
    a = np.linspace(0, np.pi, 30)
    np.testing.assert_allclose(hairline(a), hairline(-a))
    assert hairline(np.zeros(1), 0.1) > hairline(np.zeros(1))
    np.testing.assert_allclose(hairline(np.array([3.0]), 0.1), hairline(np.array([3.0])))


def test_what_hair_hides_lies_inside_the_hairline() -> None:
    """Never at the line itself."""
    p = ball().position
    hidden = deep(p)
    assert hidden.any() and above(p)[hidden].all() and not hidden[~above(p)].any()


@pytest.mark.parametrize("cut", [bob, crop])
def test_strands_stay_off_the_skull(cut: Callable[[Skull, Style, F], F]) -> None:
    """Finite, evenly spaced, and nowhere inside the head."""
    strands = cut(skull(), {}, np.linspace(0, 1, 33))
    assert strands.shape == (33, ROWS, 3) and np.isfinite(strands).all()
    high = strands[..., 1] > 0.02
    assert np.linalg.norm(strands - CENTRE, axis=2)[high].min() > 0.089
    step = np.linalg.norm(np.diff(strands, axis=1), axis=2)
    assert (step.max(1) < 1.2 * step.min(1)).all()


def test_bob_leaves_the_face_free() -> None:
    """No strand of the solid body crosses eyes or mouth."""
    body = next(m for m in hair(ball(), {"cut": "bob"}, np.random.Generator(np.random.PCG64(1))) if m.material == "cap")
    before = (body.position[:, 2] > 0.0) & (body.position[:, 1] < 0.02) & (np.abs(body.position[:, 0]) < 0.05)
    assert not before.any()


@pytest.mark.parametrize("cut", ["bob", "short"])
def test_hair_is_the_same_for_the_same_seed(cut: str) -> None:
    """And differs for another."""
    made = [hair(ball(), {"cut": cut, "cards": 40}, np.random.Generator(np.random.PCG64(s))) for s in (3, 3, 4)]
    for a, b, c in zip(*made, strict=True):
        np.testing.assert_array_equal(a.position, b.position)
        assert a.position.shape != c.position.shape or (a.position != c.position).any()
        assert np.isfinite(a.position).all() and np.isfinite(a.normal).all()


def test_unknown_cut_is_named() -> None:
    """With what there is instead."""
    with pytest.raises(AssetError, match=r"mohawk.*bob"):
        hair(ball(), {"cut": "mohawk"}, np.random.Generator(np.random.PCG64(1)))


def test_lashes_follow_their_strip() -> None:
    """Lashes move as the lid under them does."""
    j, i = np.meshgrid(np.arange(13.0), np.arange(5.0))
    strip = 1e-3 * np.stack([2 * j, 0 * j, 2 * i], 2)
    down = np.zeros_like(strip)
    down[..., 1] = -0.009
    made = lashes([(strip, {"eyeBlinkLeft": down}, True)], 1.0, np.random.Generator(np.random.PCG64(2)))
    np.testing.assert_allclose(made.delta["eyeBlinkLeft"][:, 1], -0.009, atol=1e-7)
    assert made.position[:, 0].min() > -0.001 and made.position[:, 0].max() < 0.026


def test_teeth_lie_along_the_arch() -> None:
    """Both halves alike, and inside the strip's width."""
    x = np.linspace(-0.027, 0.027, 34)
    strip = np.stack([x, 0.004 * np.sign(np.sin(np.arange(34))), 0.02 - 25.0 * x * x], 1)
    crowns, gum = parts.teeth(strip, -0.06, True, {})
    assert np.abs(crowns.position[:, 0]).max() < 0.03 and np.isfinite(gum.position).all()
    assert abs(crowns.position[:, 0].mean()) < 5e-4
    assert crowns.position[:, 1].min() >= -0.0611


@pytest.mark.parametrize(("text", "word"), [("colour = 1", "colour"), ("age = 'old'", "age"), ("[hair", "recipe.toml")])
def test_bad_recipe_is_named(tmp_path: Path, text: str, word: str) -> None:
    """The file, and the key if there is one."""
    path = tmp_path / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AssetError, match=word):
        load_recipe(path)
