"""The lips are where they were told to be, in millimetres, on any affine rig and under any mixture."""

import numpy as np
import pytest

from psi_ecs.components.face import BLENDSHAPES
from psi_ecs.systems.formats.heads import load_head
from psi_ecs.systems.kernels import face_mouth as fm


def rig() -> np.ndarray:
    """An affine rig like the CC0 head's: lip gap rows f64[1, 3, 53] in mm."""
    gap = np.zeros((1, 3, 53))
    gap[0, :, 0] = 0.15
    columns = {
        "jawOpen": (33.7, 25.5, 25.5), "mouthClose": (-34.0, -25.5, -25.5), "mouthFunnel": (11.8, 1.7, 1.4),
        "mouthPucker": (-3.1, -1.6, -1.6), "mouthSmileLeft": (-1.4, -0.5, -0.9), "mouthSmileRight": (-1.4, -0.9, -0.5),
        "mouthRollLower": (-1.9, -1.0, -1.0), "mouthRollUpper": (-1.2, -0.5, -0.5), "mouthShrugLower": (-5.2, -2.9, -2.9),
        "mouthShrugUpper": (3.5, 2.4, 2.4), "mouthPressLeft": (-1.1, -0.7, 0.4), "mouthPressRight": (-1.1, 0.4, -0.7),
        "mouthLowerDownLeft": (2.0, 4.7, -0.2), "mouthLowerDownRight": (2.0, -0.2, 4.7), "mouthUpperUpLeft": (2.5, 5.1, 0.0),
        "mouthUpperUpRight": (2.5, 0.0, 5.1), "mouthLeft": (-1.4, -1.8, -0.7), "mouthRight": (-1.4, -0.7, -1.8),
    }  # fmt: skip
    for name, values in columns.items():
        gap[0, :, 1 + BLENDSHAPES.index(name)] = values
    return gap


def test_channel_numbers_are_apples() -> None:
    """The kernel's own numbers name the shapes they claim."""
    assert BLENDSHAPES[fm.JAW_FORWARD] == "jawForward" and BLENDSHAPES[fm.JAW_OPEN] == "jawOpen"
    assert BLENDSHAPES[fm.CLOSE] == "mouthClose" and BLENDSHAPES[fm.FUNNEL] == "mouthFunnel"
    assert BLENDSHAPES[fm.PUCKER] == "mouthPucker" and BLENDSHAPES[fm.TONGUE] == "tongueOut"
    assert BLENDSHAPES[fm.PUFF] == "cheekPuff"
    assert BLENDSHAPES[fm.ROLL_LOWER] == "mouthRollLower" and BLENDSHAPES[fm.ROLL_UPPER] == "mouthRollUpper"
    assert BLENDSHAPES[fm.SHRUG_LOWER] == "mouthShrugLower"
    pairs = {"mouthSmile": fm.SMILE, "mouthDimple": fm.DIMPLE, "mouthStretch": fm.STRETCH, "mouthPress": fm.PRESS,
             "mouthLowerDown": fm.LOWER_DOWN, "mouthUpperUp": fm.UPPER_UP,
             "cheekSquint": fm.CHEEK, "noseSneer": fm.NOSE}  # fmt: skip
    for name, part in pairs.items():
        assert BLENDSHAPES[part] == (name + "Left", name + "Right")


def shapes(art: np.ndarray, dental: np.ndarray, effort: np.ndarray) -> np.ndarray:
    """What articulators f64[A, 8] do to the 52 shapes of faces that talk, but the jaw."""
    degree = [fm.speech(*face, 1.0, 34.0) for face in zip(art.tolist(), dental.tolist(), effort.tolist(), strict=True)]
    return np.array(degree)[:, :-1] @ fm.SPEECH[:-1]


@pytest.mark.parametrize("goal", [0.0, 1.0, 3.0, 6.0, 12.0, 20.0])
@pytest.mark.parametrize("jaw", [0.0, 0.1, 0.4])
def test_the_middle_gap_is_the_goal(goal: float, jaw: float) -> None:
    """Jaw too open or not open enough, with other shapes in play: the mesh gap is what was asked for."""
    x = np.zeros((1, 52))
    x[0, fm.JAW_OPEN], x[0, fm.PUCKER], x[0, fm.SMILE] = jaw, 0.3, 0.1
    w = fm.hold(x, [goal], [0.0], fm.reach(rig()), rig())
    assert fm.gaps(w, rig())[0, 0] == pytest.approx(goal, abs=1e-6)
    assert w.min() >= 0.0 and w.max() <= 1.0


def test_lips_hand_over_from_opening_to_closing_without_a_corner() -> None:
    """As the goal passes what the jaw alone gives, weights follow it smoothly, and the gap is the goal all the way."""
    goal = np.linspace(6.0, 0.0, 121)
    gap = np.repeat(rig(), len(goal), axis=0)
    x = np.zeros((len(goal), 52))
    x[:, fm.JAW_OPEN] = 0.09
    w = fm.hold(x, goal.tolist(), [0.0] * len(goal), fm.reach(gap), gap)
    np.testing.assert_allclose(fm.gaps(w, gap)[:, 0], goal, atol=1e-9)
    pace = np.abs(np.diff(w[:, fm.PARTING], axis=0)).max()
    assert np.abs(np.diff(w[:, fm.PARTING], 2, axis=0)).max() < 0.1 * pace
    assert not w[-1, fm.PARTING].any(), "shut lips are not raised"


def test_lips_seal_under_any_mixture() -> None:
    """Whatever expression is thrown in, a closure leaves at most 0.5 mm and no lip passes 1 mm through the other."""
    rng = np.random.default_rng(3)
    n = 2000
    gap = np.repeat(rig(), n, axis=0)
    x = np.zeros((n, 52))
    x[:, fm.LIPS] = rng.uniform(0.0, 1.0, (n, 27)) * (rng.random((n, 27)) < 0.4)
    x[:, fm.CLOSE] = 0.0
    goal = rng.uniform(-0.4, 0.0, n)
    w = fm.hold(x, goal.tolist(), [0.0] * n, fm.reach(gap), gap)
    got = fm.gaps(w, gap)
    assert got.max() <= 0.5 and got.min() >= -1.0
    assert w.min() >= 0.0 and w.max() <= 1.0
    close = np.minimum(np.maximum(fm.gaps(x, gap)[:, 0] - goal, 0.0) / 34.0, 1.0)
    x[:, fm.CLOSE] = close
    assert (np.abs(fm.gaps(x, gap)).max(axis=1) > 1.0).mean() > 0.3, "closing the middle alone must not be enough"


def test_a_free_mouth_is_left_alone() -> None:
    """Out of speech an open-mouthed expression stays as it is."""
    x = np.zeros((1, 52))
    x[0, fm.UPPER_UP], x[0, fm.JAW_OPEN] = 0.6, 0.2
    w = fm.hold(x, fm.gaps(x, rig())[:, 0].tolist(), [1.0], fm.reach(rig()), rig())
    np.testing.assert_allclose(w, x, atol=1e-12)


def test_the_lower_lip_reaches_the_teeth() -> None:
    """A full tuck ends at the pose that is closest to the incisors, a partial one goes only as far as it must."""
    tooth = np.zeros((1, 3, 53))
    tooth[0, :, 0] = 0.0, -1.6, 6.0
    columns = {"mouthRollLower": (0.0, 1.9, -4.1), "jawOpen": (0.0, -32.9, -16.7), "mouthShrugLower": (0.0, 5.2, 1.0)}
    for name, column in columns.items():
        tooth[0, :, 1 + BLENDSHAPES.index(name)] = column
    pose = fm.tuck_pose(rig(), tooth)
    assert fm.gaps(pose, rig()).min() >= 0.0
    assert fm.tooth_distance(pose, tooth)[0] < 1.5 and pose.min() >= 0.0 and pose.max() <= 1.0
    open_mouth = np.zeros((1, 52))
    open_mouth[0, fm.JAW_OPEN] = 0.4
    full = fm.tuck(open_mouth, np.ones(1), pose)
    half = fm.tuck(open_mouth, np.array([0.5]), pose)
    assert fm.tooth_distance(full, tooth)[0] <= 2.0
    assert fm.tooth_distance(full, tooth)[0] < fm.tooth_distance(half, tooth)[0] < fm.tooth_distance(open_mouth, tooth)[0]
    np.testing.assert_array_equal(fm.tuck(open_mouth, np.zeros(1), pose), open_mouth)


def test_rounding_and_spreading_shape_the_lips() -> None:
    """A narrow rounded mouth puckers, an open one funnels, a spread one stretches, a pressed one presses."""
    art = np.zeros((5, 8))
    art[1:, :4] = (5, 3, 1, 0), (12, 10, 1, 0), (4, 5, 0, 1), (3, -2, 0, 0)
    x = shapes(art, np.zeros(5), np.zeros(5))
    assert not x[0].any()
    assert x[1, fm.PUCKER] > x[1, fm.FUNNEL] and x[2, fm.FUNNEL] > x[2, fm.PUCKER]
    assert (x[3, fm.STRETCH] > 0.1).all() and (x[4, fm.PRESS] > 0.1).all()


@pytest.mark.parametrize("head", ["mira", "theo"])
def test_closing_a_pucker_leaves_it_a_pucker(head: str) -> None:
    """Rounded lips that shut stay round: no crossing at the sides makes the mouth spring apart."""
    gap, puckers = load_head(head).rig["lip_gap"].astype(np.float64)[None], []
    for lips in np.linspace(3.0, -1.5, 10):
        art = np.zeros((1, 8))
        art[0, :3] = 3.5, lips, 1.0
        x = shapes(art, np.zeros(1), np.zeros(1))
        x[0, fm.JAW_OPEN] = 3.5 / (fm.INCISOR * gap[0, 0, 1 + fm.JAW_OPEN])
        w = fm.hold(fm.clamp(x, 0.0, 1.0), [max(lips, 0.15 * lips)], [0.0], fm.reach(gap), gap)
        assert fm.gaps(w, gap)[0].min() >= fm.CROSS
        puckers.append(float(w[0, fm.PUCKER]))
    assert min(puckers) > 0.7 and np.abs(np.diff(puckers)).max() < 0.15


def test_the_jaw_opens_by_its_millimetres() -> None:
    """What jawOpen parts the lips by, the incisors follow at INCISOR of it."""
    opened = fm.speech([9.0, 0, 0, 0, 0, 0, 0, 0], 0.0, 0.0, 0.5, 40.0) @ fm.SPEECH
    assert opened[fm.JAW_OPEN] == pytest.approx(0.5 * 9.0 / (fm.INCISOR * 40.0)) and np.count_nonzero(opened) == 1


def test_air_fills_the_cheeks_behind_shut_lips_unless_it_leaves_by_the_nose() -> None:
    art = np.zeros((3, 8))
    art[:, 1] = -1.5, -1.5, 3.0
    art[1, 7] = 1.0
    puff = shapes(art, np.zeros(3), np.zeros(3))[:, fm.PUFF]
    assert 0.05 <= puff[0] <= 0.15 and puff[1] == 0.0 and puff[2] == 0.0


def test_loud_open_vowels_raise_cheeks_and_nostrils() -> None:
    art = np.zeros((4, 8))
    art[:, 0] = 12.0, 12.0, 2.0, 12.0
    x = shapes(art, np.zeros(4), np.array([0.5, 1.0, 1.0, 0.75]))
    assert not x[0, fm.NOSE].any() and not x[0, fm.CHEEK].any(), "ordinary effort is not shown"
    assert (x[1, fm.CHEEK] > x[3, fm.CHEEK]).all() and (x[1, fm.CHEEK] > x[2, fm.CHEEK]).all()
    assert (x[1, fm.NOSE] == x[2, fm.NOSE]).all() and x[1, fm.NOSE].min() > 0.1


def test_the_tongue_is_where_its_sound_is() -> None:
    """Tip up for /t/, between the teeth for /th/; body up for /i/ and /k/, down for /a/."""
    art = np.zeros((5, 8))
    art[:, [0, 5, 6]] = (1.6, 1.0, 0.3), (2.5, 1.0, 0.2), (3.5, 0.0, 1.0), (3.2, 0.0, -1.0), (12.0, 0.0, -0.6)
    dental = np.array([0.0, 1.0, 0.0, 0.0, 0.0])
    tip, body = np.array([fm.tongue(*face) for face in zip(art.tolist(), dental.tolist(), strict=True)]).T
    assert tip[0] == 1.0 and 0.0 < tip[1] < 0.5 and not tip[2:].any()
    assert (body[2:4] > 0.8).all() and body[4] == 0.0
    assert shapes(art, dental, np.zeros(5))[1, fm.TONGUE] > 0.2


def test_the_back_of_the_tongue_passes_the_middle_smoothly() -> None:
    """From back to front its height falls and rises again along a curve."""
    art = np.zeros((41, 8))
    art[:, 0], art[:, 6] = 3.0, np.linspace(-1.0, 1.0, 41)
    body = np.array([fm.tongue(face, 0.0)[1] for face in art.tolist()])
    assert body[0] == body[-1] > 0.8 and body[20] == 0.0
    assert np.abs(np.diff(body, 2)).max() < 0.01
