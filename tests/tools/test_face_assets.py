"""The heads that ship: whole, closed where they should close, and as the rig says."""

import numpy as np
import pytest

from psi_ecs.asset import package_folder
from psi_ecs.components.face import BLENDSHAPES, FACE_ID, SHAPES, TONGUE, Head
from psi_ecs.systems.formats.calibrate import measure
from psi_ecs.systems.formats.glb import read_head, write_head

PEOPLE = ("mira", "theo")
NAMES = (*PEOPLE, "olmo")
FOLDER = package_folder("assets") / "heads"


@pytest.fixture(scope="module", params=NAMES)
def head(request: pytest.FixtureRequest) -> Head:
    """A head as it ships."""
    return read_head((FOLDER / f"{request.param}.glb").read_bytes(), request.param)


def row(**weights: float) -> np.ndarray:
    """A column that the rig's rows are multiplied with."""
    out = np.zeros(53)
    out[0] = 1.0
    for name, value in weights.items():
        out[1 + FACE_ID[name]] = value
    return out


@pytest.mark.parametrize("name", NAMES)
def test_is_small_and_licensed(name: str) -> None:
    """A wheel carries it."""
    assert (FOLDER / f"{name}.glb").stat().st_size < (2_200_000 if name in PEOPLE else 700_000)
    licence = (FOLDER / "LICENSE.md").read_text(encoding="utf-8")
    assert f"{name}.glb" in licence and "CC0" in licence


def test_meshes_are_sound(head: Head) -> None:
    """Finite, indices in range, unit normals, no triangle of one point, offsets for known shapes."""
    for mesh in head.meshes:
        n = len(mesh.position)
        assert np.isfinite(mesh.position).all() and np.isfinite(mesh.normal).all() and np.isfinite(mesh.uv).all()
        assert mesh.triangle.max() < n and mesh.triangle.shape[1] == 3
        t = mesh.triangle
        assert not ((t[:, 0] == t[:, 1]) | (t[:, 1] == t[:, 2]) | (t[:, 0] == t[:, 2])).any()
        np.testing.assert_allclose(np.linalg.norm(mesh.normal, axis=1), 1.0, atol=1e-3)
        for name, delta in mesh.delta.items():
            assert name in SHAPES and delta.shape == (n, 3) and np.isfinite(delta).all()


def test_all_shapes_move_something(head: Head) -> None:
    """52 of 52, by at least a millimetre."""
    most = {s: max((float(np.abs(m.delta[s]).max()) for m in head.meshes if s in m.delta), default=0.0) for s in BLENDSHAPES}
    assert [s for s, v in most.items() if v < 1e-3] == []


def test_tongue_tip_reaches_ridge_and_teeth(head: Head) -> None:
    """With the jaw a fifth open, tongueTipUp brings the tip behind the upper teeth and above their edge; for /th/ the tip comes
    out between the rows of teeth; tongueBodyUp raises the back and leaves the tip."""
    part = {m.name: m for m in head.meshes}
    tongue = part["Tongue"]
    assert set(TONGUE) < set(tongue.delta)
    upper, lower = part["TeethUpper"], part["TeethLower"]
    edge, front = upper.position[:, 1].min(), upper.position[:, 2].max()
    tip = tongue.position[:, 2] > tongue.position[:, 2].max() - 0.002

    def at(**weights: float) -> np.ndarray:
        return np.asarray(tongue.position + sum(w * tongue.delta[name] for name, w in weights.items()))

    raised = at(jawOpen=0.2, tongueTipUp=1.0)[tip].mean(0)
    assert edge + 0.002 < raised[1] < edge + 0.010 and front - 0.014 < raised[2] < front - 0.004
    between = at(jawOpen=0.15, tongueOut=0.28)[tip].mean(0)
    low = (lower.position + 0.15 * lower.delta["jawOpen"])[lower.position[:, 2] > lower.position[:, 2].max() - 0.006, 1].max()
    assert low - 0.004 < between[1] < edge + 0.002 and between[2] > front
    back = (tongue.position[:, 2] < front - 0.03) & (tongue.position[:, 2] > front - 0.05)
    up = tongue.delta["tongueBodyUp"]
    assert up[back, 1].mean() > 0.006 and np.abs(up[tip, 1]).mean() < 0.003


def test_solid_parts_are_manifold(head: Head) -> None:
    """No edge runs the same way in two triangles, so that backs can be left out."""
    for mesh in head.meshes:
        if mesh.material in ("skin", "gum", "tongue", "eye", "teeth"):
            t = mesh.triangle.astype(np.int64)
            edges = np.concatenate([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]])
            code = edges[:, 0] * len(mesh.position) + edges[:, 1]
            assert len(np.unique(code)) == len(code), mesh.name


def test_triangles_face_the_way_of_their_normals(head: Head) -> None:
    """Counter-clockwise from outside."""
    for mesh in head.meshes:
        p = mesh.position[mesh.triangle]
        face = np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0])
        agree = (face * mesh.normal[mesh.triangle].mean(1)).sum(1) > 0
        assert agree.mean() > 0.93, mesh.name


def test_lips_seal(head: Head) -> None:
    """Shut at rest; jawOpen parts them by some 33 mm; jawOpen with mouthClose keeps them within a millimetre."""
    gap = head.rig["lip_gap"]
    assert np.abs(gap @ row()).max() < 0.3
    assert 28.0 < (gap @ row(jawOpen=1.0))[0] < 35.0
    for w in (0.1, 0.3, 0.6, 1.0):
        assert np.abs(gap @ row(jawOpen=w, mouthClose=w)).max() < 1.0


def test_lids_close_alike(head: Head) -> None:
    """Open at rest, shut at a full blink, left as right."""
    gap = head.rig["lid_gap"]
    rest, shut = gap @ row(), gap @ row(eyeBlinkLeft=1.0, eyeBlinkRight=1.0)
    assert (rest > 6.0).all() and (shut < 0.5).all()
    assert abs(rest[0] - rest[1]) < 0.5


def test_tooth_lies_on_the_mid_line(head: Head) -> None:
    """The incisor from which /f/ is judged is not off to a side."""
    assert abs((head.rig["tooth_gap"] @ row())[0]) < 0.6


def test_smile_widens_and_pucker_narrows(head: Head) -> None:
    """Corner to corner."""
    width = head.rig["mouth_width"]
    assert width @ row(mouthPucker=1.0) < width @ row() - 4.0 < width @ row(mouthSmileLeft=1.0, mouthSmileRight=1.0) - 8.0


def test_rig_is_what_the_mesh_gives(head: Head) -> None:
    """The measures in the file are those of its mesh."""
    again = measure(head.meshes, head.name)
    for name, values in head.rig.items():
        np.testing.assert_allclose(again[name], values, atol=0.06, err_msg=name)


def test_round_trip(head: Head) -> None:
    """Written and read again it is the same."""
    again = read_head(write_head(head), head.name)
    assert [m.name for m in again.meshes] == [m.name for m in head.meshes]
    for a, b in zip(again.meshes, head.meshes, strict=True):
        np.testing.assert_array_equal(a.position, b.position)
        np.testing.assert_array_equal(a.triangle, b.triangle)
        assert a.material == b.material and a.node == b.node and set(a.delta) == set(b.delta)


def test_teeth_are_apart(head: Head) -> None:
    """Each jaw of a person has at least ten crowns that share no vertex."""
    for mesh in head.meshes:
        if mesh.material == "teeth" and head.name in PEOPLE:
            parent = np.arange(len(mesh.position))
            for _ in range(64):
                low = parent[mesh.triangle].min(1)
                before = parent.copy()
                for k in range(3):
                    np.minimum.at(parent, mesh.triangle[:, k], low)
                if (parent == before).all():
                    break
            assert len(np.unique(parent)) >= 10
