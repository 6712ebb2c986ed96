"""Framing, matrices and paint, which need no card."""

from pathlib import Path

import numpy as np
import pytest

from psi_ecs.components.scene import Camera, Light
from psi_ecs.systems.formats.heads import load_head
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.output.draw.chart import place_on
from psi_ecs.systems.output.draw.paint import linear, lip_mask, skin_tone
from psi_ecs.systems.output.draw.view import (
    BAND,
    PRESETS,
    aperture,
    bands,
    focus,
    frame_camera,
    lights,
    rotation,
    view_projection,
)
from psi_ecs.systems.output.draw.window import free

HEAD = np.array([[x, y, z] for x in (-0.12, 0.12) for y in (-0.12, 0.135) for z in (-0.18, 0.04)])
"""Corners of a box about a head with its hair."""


@pytest.mark.parametrize("framing", ["portrait", "bust", "group"])
@pytest.mark.parametrize(
    ("count", "aspect"), [(n, a) for n in (1, 2, 3) for a in (16 / 9, 1.0, 8 / 9, 9 / 16) if n > 1 or a > 0.7]
)
def test_heads_are_in_the_frame(framing: str, count: int, aspect: float) -> None:
    """Every corner of every head; only the sides of a tall picture may cut a lone head."""
    places = [((i - (count - 1) / 2) * 0.44, 0.02 * i, 0.0) for i in range(count)]
    camera = Camera(framing=framing)
    eye, target = frame_camera(camera, places, aspect)
    matrix = view_projection(eye, target, camera.fov, aspect)
    points = np.concatenate([HEAD + p for p in places])
    clip = np.concatenate([points, np.ones((len(points), 1))], 1) @ matrix.T
    assert (np.abs(clip[:, :2] / clip[:, 3:]) < 1).all()


def test_given_camera_is_taken() -> None:
    """Position and target of the scene win."""
    eye, target = frame_camera(Camera(position=(1, 2, 3), target=(0, 1, 0)), [(0, 0, 0)], 1.5)
    np.testing.assert_array_equal(eye, (1, 2, 3))
    np.testing.assert_array_equal(target, (0, 1, 0))


def test_rotation_signs() -> None:
    """Yaw turns the nose to the avatar's left (+x), pitch down, roll tips the crown to its left shoulder... and no scale."""
    nose = np.array([0, 0, 1.0])
    assert (rotation(0.3, 0, 0) @ nose)[0] > 0.2
    assert (rotation(0, 0.3, 0) @ nose)[1] < -0.2
    np.testing.assert_allclose(rotation(0.3, -0.2, 0.5) @ rotation(0.3, -0.2, 0.5).T, np.eye(3), atol=1e-12)


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_lights_are_unit_and_not_black(preset: str) -> None:
    """For one head and for several."""
    for heads in (1, 2):
        way, colour, sky, ground = lights(Light(preset=preset), heads)
        np.testing.assert_allclose(np.linalg.norm(way, axis=1), 1.0, atol=1e-6)
        assert (colour > 0).all() and (sky > ground).all()


def test_linear_is_the_srgb_curve() -> None:
    """IEC 61966-2-1."""
    np.testing.assert_allclose(linear("#ffffff"), 1.0)
    np.testing.assert_allclose(linear("#808080"), 0.2158605, atol=1e-6)


@pytest.mark.parametrize("name", ["mira", "theo"])
def test_chart_and_paint(name: str) -> None:
    """The chart keeps neighbours together, lips are painted about the mouth only, colours are colours."""
    persona = load_persona(name)
    head = load_head(persona.head)
    skin = next(m for m in head.meshes if m.material == "skin")
    uv = place_on(skin.position)
    assert uv.min() >= 0 and uv.max() <= 1
    face = skin.position[skin.triangle].mean(1)[:, 2] > -0.05
    edge = np.linalg.norm(uv[skin.triangle[face, 0]] - uv[skin.triangle[face, 1]], axis=1)
    assert edge.max() < 0.08
    lip = lip_mask(skin.position, head)
    mouth = np.array(head.landmarks["mouth"])
    assert lip.min() >= 0 and lip.max() <= 1 and (lip > 0.9).sum() > 40
    assert np.linalg.norm(skin.position[lip > 0.5] - mouth, axis=1).max() < 0.04
    tone = skin_tone(skin.position, head, persona.look)
    assert (tone > 0).all() and (tone < 1).all() and (tone[:, 0] > tone[:, 2]).all()


@pytest.mark.parametrize("angle", [-90.0, -35.0, 0.0, 35.0, 90.0, 180.0])
def test_the_camera_goes_round_a_head_that_stays_in_the_frame(angle: float) -> None:
    """At the same distance, its side to the camera, and whole."""
    camera = Camera(angle=angle)
    eye, target = frame_camera(camera, [(0.0, 0.0, 0.0)], 16 / 9)
    front = frame_camera(Camera(), [(0.0, 0.0, 0.0)], 16 / 9)
    assert np.linalg.norm(eye - target) == pytest.approx(np.linalg.norm(front[0] - front[1]))
    way = eye - target
    assert np.degrees(np.arctan2(way[0], way[2])) == pytest.approx(angle) or angle == 180.0
    clip = np.concatenate([HEAD, np.ones((len(HEAD), 1))], 1) @ view_projection(eye, target, camera.fov, 16 / 9).T
    assert (np.abs(clip[:, :2] / clip[:, 3:]) < 1).all()


def test_blur_is_that_of_the_lens() -> None:
    """A 50 mm lens at f/2 on a picture 24 mm high, sharp at 2 m: the circle of a far point is 25 mm * 50 / (2000 - 50) on film;
    the stage's is that of a thin lens whose picture is one focal length away, without the 50 in the denominator."""
    fov = float(np.degrees(2 * np.arctan(12 / 50)))
    radius = aperture(Camera(fov=fov, dof=2.0), 2.0, 1080)
    assert radius == pytest.approx(0.5 * 25 * 50 / 2000 / 24 * 1080, rel=1e-6)
    assert focus(np.array([0, 0, 3.0]), np.zeros(3), [(0, 0, 0), (0.1, 0, 0.5)]) == pytest.approx(2.5)


def test_bands_hold_what_is_drawn() -> None:
    """Band by band, from the first pixel to the last; the whole picture if something is behind the camera."""
    matrix = view_projection(np.array([0, 0, 1.0]), np.zeros(3), 24.0, 16 / 9)
    found = bands(np.stack([HEAD, HEAD * (0.5, 0.1, 0.5) + (0, 0.18, 0)]), matrix, (1280, 720))
    assert found.shape == (-(-720 // BAND), 2)
    drawn = found[found[:, 0] < found[:, 1]]
    np.testing.assert_allclose(drawn.sum(1), 1280, atol=3)  # as wide on either side
    assert (drawn > 0).all() and (drawn < 1280).all() and len(drawn) < len(found)
    assert np.ptp(drawn[-1]) < 0.7 * np.ptp(drawn[0])  # what is narrow above does not cost what is wide below
    assert (bands(HEAD[None] + np.array((0, 0, 2)), matrix, (64, 48)) == (0, 64)).all()


def test_pictures_by_key_do_not_overwrite(tmp_path: Path) -> None:
    (tmp_path / "psi-1.png").touch()
    assert free(tmp_path) == tmp_path / "psi-2.png"
