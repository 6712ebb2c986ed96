"""Blendshapes: ends of the way are the shapes', lids go round the eye, normals are those of the triangles."""

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.systems.kernels.morph import Ball, Morph

F32 = NDArray[np.float32]


def ball(radius: float = 0.013, rows: int = 14, columns: int = 20) -> tuple[F32, F32, NDArray[np.uint32]]:
    """A sphere about the origin: positions, normals, triangles counter-clockwise from outside."""
    polar, azimuth = np.meshgrid(
        np.linspace(0.05, np.pi - 0.05, rows), np.linspace(0, 2 * np.pi, columns, endpoint=False), indexing="ij"
    )
    normal = np.stack([np.sin(polar) * np.sin(azimuth), np.cos(polar), np.sin(polar) * np.cos(azimuth)], -1).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns), indexing="ij")
    a, b = (i * columns + j).ravel(), (i * columns + (j + 1) % columns).ravel()
    triangle = np.concatenate([np.stack([a, a + columns, b], 1), np.stack([b, a + columns, b + columns], 1)])
    return (radius * normal).astype(np.float32), normal.astype(np.float32), triangle.astype(np.uint32)


def turned(p: F32, angle: float) -> F32:
    """Turned about the x axis, radians."""
    c, s = np.cos(angle), np.sin(angle)
    return np.asarray(p @ np.array([[1, 0, 0], [0, c, s], [0, -s, c]]), np.float32)


@pytest.fixture
def lid() -> Morph:
    """A lid on a ball that shape 0 turns by 60 degrees, while shape 1 pushes everything forward."""
    p, n, t = ball()
    deltas = np.stack([turned(p, np.radians(60)) - p, np.broadcast_to(np.float32([0, 0, 0.002]), p.shape)])
    return Morph(p, n, t, deltas, (Ball(np.zeros(3, np.float32), (0,)),))


def test_whole_weights_give_the_shapes_themselves(lid: Morph) -> None:
    for shape in (0, 1):
        weights = np.eye(2, dtype=np.float32)[shape]
        np.testing.assert_allclose(lid(weights)[0], lid.position + lid.deltas[shape], atol=1e-7)
    np.testing.assert_array_equal(lid(np.zeros(2, np.float32))[0], lid.position)


@pytest.mark.parametrize("weight", [0.1, 0.5, 0.8])
def test_a_lid_keeps_its_distance_to_the_eye(lid: Morph, weight: float) -> None:
    """The straight way is a chord: at most r sqrt(1 - w + w^2) from the centre for 60 degrees."""
    p, _ = lid(np.array([weight, 0], np.float32))
    np.testing.assert_allclose(np.linalg.norm(p, axis=1), 0.013, atol=1e-7)
    straight = lid.position + weight * lid.deltas[0]
    chord = 0.013 * np.sqrt(1 - weight + weight**2)
    assert np.linalg.norm(straight, axis=1).min() == pytest.approx(chord, rel=1e-3)


def test_what_is_no_lid_stays_linear(lid: Morph) -> None:
    """Other shapes add to the turn as they are."""
    both, alone = lid(np.array([0.5, 0.7], np.float32))[0], lid(np.array([0.5, 0.0], np.float32))[0]
    np.testing.assert_allclose(both - alone, np.broadcast_to([0, 0, 0.0014], both.shape), atol=1e-7)


def test_normals_of_a_sphere_point_outward() -> None:
    p, n, t = ball(rows=40, columns=60)
    grow = Morph(p, n, t, p[None] * 0.5)
    _, normal = grow(np.ones(1, np.float32))
    inner = np.abs(n[:, 1]) < 0.98  # the caps are open
    assert (normal * n).sum(1)[inner].min() > 0.995
    np.testing.assert_allclose(np.linalg.norm(normal, axis=1), 1.0, atol=1e-5)


def test_normals_are_the_sums_over_triangles_where_only_a_part_moves() -> None:
    """Against the plain sum over all triangles; the far side keeps what it had."""
    p, n, t = ball()
    deltas = np.zeros((1, *p.shape), np.float32)
    top = p[:, 1] > 0.008
    deltas[0, top] = (0.004, 0.001, 0.0)
    moved, normal = Morph(p, n, t, deltas)(np.array([0.6], np.float32))
    a, b, c = (moved[t[:, k]].astype(np.float64) for k in range(3))
    total = np.zeros(p.shape)
    for k in range(3):
        np.add.at(total, t[:, k], np.cross(b - a, c - a))
    total /= np.linalg.norm(total, axis=1, keepdims=True)
    changed = np.isin(np.arange(len(p)), t[top[t].any(1)])
    np.testing.assert_allclose(normal[changed], total[changed], atol=2e-4)
    np.testing.assert_array_equal(normal[~changed], n[~changed])


def test_vertices_without_triangles_keep_their_normals(lid: Morph) -> None:
    none = Morph(lid.position, lid.normal, np.zeros((0, 3), np.uint32), lid.deltas)
    np.testing.assert_array_equal(none(np.ones(2, np.float32))[1], lid.normal)
