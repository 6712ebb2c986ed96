"""Pictures: there is a face in them, it does what the weights say, and the same call gives the same bytes."""

import numpy as np
import pytest
from msgspec import structs
from numpy.typing import NDArray

from psi_ecs.components.avatar import Look
from psi_ecs.components.face import FACE_ID, SHAPES
from psi_ecs.components.scene import Camera, Light
from psi_ecs.systems.formats.heads import load_head
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.output.draw import Stage, available
from psi_ecs.systems.output.draw.morphing import OnCard, OnHost
from psi_ecs.systems.output.draw.view import view_projection

WHY = available()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))
F32 = NDArray[np.float32]
SIZE = (240, 270)
EYE, TARGET = (0.0, 0.0, 0.62), (0.0, -0.02, -0.02)


@pytest.fixture(scope="module", params=["mira", "theo"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """One head, from the front."""
    persona = load_persona(request.param)
    camera = Camera(position=EYE, target=TARGET)
    return Stage([load_head(persona.head)], [persona.look], [(0.0, 0.0, 0.0)], [0.0], camera, Light(), SIZE)


def draw(stage: Stage, **weights: float) -> NDArray[np.float64]:
    """A picture f64[h, w, 3]."""
    w = np.zeros((1, 61), np.float32)
    for name, value in weights.items():
        w[0, FACE_ID[name]] = value
    return stage.draw(w, np.zeros(1, np.float32)).astype(np.float64)


def region(stage: Stage, mark: str, half: tuple[float, float], shift: float = 0.0) -> tuple[slice, slice]:
    """Rows and columns about a landmark, `half` metres to each side."""
    p = np.array(stage.actors[0].head.landmarks[mark]) + np.array((0, shift, 0))
    matrix = view_projection(np.array(EYE), np.array(TARGET), stage.camera.fov, SIZE[0] / SIZE[1]).astype(np.float64)

    def at(q: NDArray[np.float64]) -> NDArray[np.float64]:
        clip = matrix @ np.append(q, 1.0)
        return (0.5 + 0.5 * clip[:2] / clip[3] * (1, -1)) * SIZE

    (left, top), (right, bottom) = at(p + np.array((-half[0], half[1], 0))), at(p + np.array((half[0], -half[1], 0)))
    return slice(int(top), int(bottom) + 1), slice(int(left), int(right) + 1)


def test_there_is_a_face(stage: Stage) -> None:
    """Skin in the middle, backdrop in the corners, and much variation."""
    picture = draw(stage)
    assert picture.shape == (SIZE[1], SIZE[0], 3)
    cheek = picture[region(stage, "nose", (0.02, 0.006))].mean((0, 1))
    corner = picture[:8, :8].mean((0, 1))
    assert cheek[0] > cheek[1] > cheek[2] > 40 and cheek[0] > corner[0] + 60
    assert picture.std() > 20


def test_same_weights_same_bytes(stage: Stage) -> None:
    """Whatever was drawn between."""
    first = draw(stage, jawOpen=0.3)
    draw(stage, eyeBlinkLeft=1.0, headYaw=0.5)
    np.testing.assert_array_equal(draw(stage, jawOpen=0.3), first)


def test_all_that_was_drawn_is_laid_down(stage: Stage) -> None:
    """Only where something was drawn, or was before, is laid over the backdrop: however far the head turns, nothing is left out
    and nothing stays behind."""
    draw(stage, headYaw=-0.6, headRoll=0.4, jawOpen=1.0)
    for turn in (0.7, -0.7):
        picture = draw(stage, headYaw=turn, headPitch=0.5 * turn, headRoll=-turn, jawOpen=1.0)
        stage.canvas.finish(None)
        np.testing.assert_array_equal(stage.canvas.pixels(), picture)


def test_lashes_need_no_brows(stage: Stage) -> None:
    """A head whose brows are painted, not built, shows the same eyes: what lets light through is blended all the same."""
    actor = stage.actors[0]
    bare = structs.replace(actor.head, meshes=[m for m in actor.head.meshes if m.material != "brow"])
    other = Stage([bare], [Look()], [(0.0, 0.0, 0.0)], [0.0], stage.camera, Light(), SIZE)
    same = Stage([actor.head], [Look()], [(0.0, 0.0, 0.0)], [0.0], stage.camera, Light(), SIZE)
    at = region(stage, "eye_left", (0.018, 0.008))
    assert np.abs(draw(other)[at] - draw(same)[at]).mean() < 3.0


def test_open_mouth_is_dark_and_shows_teeth(stage: Stage) -> None:
    """The cavity is darker than the lips that were there, but for the teeth."""
    at = region(stage, "mouth", (0.010, 0.006), -0.010)
    shut, opened = draw(stage)[at].sum(2), draw(stage, jawOpen=0.6)[at].sum(2)
    assert np.percentile(opened, 25) < 0.5 * np.percentile(shut, 25)
    wide = draw(stage, jawOpen=0.35, mouthLowerDownLeft=0.5, mouthLowerDownRight=0.5)[
        region(stage, "mouth", (0.012, 0.02), -0.015)
    ]
    grey = wide[(wide.min(2) > 110) & (np.ptp(wide, axis=2) < 45)]
    assert len(grey) > 20  # lower teeth: light, and less red than any skin


@pytest.mark.parametrize("side", ["left", "right"])
def test_blink_covers_the_iris(stage: Stage, side: str) -> None:
    """The pupil is gone, and the other eye stays."""
    other = "right" if side == "left" else "left"
    at, there = region(stage, f"eye_{side}", (0.003, 0.003)), region(stage, f"eye_{other}", (0.003, 0.003))
    rest, shut = draw(stage), draw(stage, **{f"eyeBlink{side.title()}": 1.0})
    assert rest[at].sum(2).min() < 150
    assert shut[at].sum(2).min() > rest[at].sum(2).min() + 120
    np.testing.assert_allclose(shut[there], rest[there], atol=3)


def test_gaze_moves_the_iris_to_its_left(stage: Stage) -> None:
    """Positive yaw turns an eye to the avatar's left, which is right in the picture."""
    at = region(stage, "eye_left", (0.012, 0.004))

    def middle(picture: NDArray[np.float64]) -> float:
        dark = np.clip(200.0 - picture[at].sum(2), 0, None)
        return float((dark.sum(0) * np.arange(dark.shape[1])).sum() / dark.sum())

    assert middle(draw(stage, leftEyeYaw=0.35)) > middle(draw(stage, leftEyeYaw=-0.35)) + 3


def test_head_turns_and_shoulders_stay(stage: Stage) -> None:
    """A yaw of the head changes the face but not the bottom of the picture."""
    rest, turned = draw(stage), draw(stage, headYaw=0.4)
    assert np.abs(rest - turned)[60:160].mean() > 5
    assert np.abs(rest - turned)[-3:].mean() < 1.0


def test_sealed_lips_hide_the_teeth(stage: Stage) -> None:
    """No bright grey between lips at rest."""
    at = region(stage, "mouth", (0.018, 0.003))
    lips = draw(stage)[at]
    assert not ((lips.min(2) > 150) & (np.ptp(lips, axis=2) < 25)).any()


def test_two_heads_fit() -> None:
    """Both are in the picture, and neither touches its border."""
    personas = [load_persona(n) for n in ("mira", "theo")]
    heads = [load_head(p.head) for p in personas]
    looks = [p.look for p in personas]
    two = Stage(heads, looks, [(-0.22, 0, 0), (0.22, 0, 0)], [0.35, -0.35], Camera(framing="group"), Light(), (320, 180))
    picture = two.draw(np.zeros((2, 61), np.float32), np.zeros(2, np.float32)).astype(float)
    skin = (picture[..., 0] > picture[..., 2] + 25) & (picture[..., 0] > 120)
    columns = np.flatnonzero(skin.sum(0) > 5)
    assert columns.min() > 10 and columns.max() < 310
    assert skin[:, :160].sum() > 400 and skin[:, 160:].sum() > 400 and skin[:10].sum() == 0
    bright = [picture[:, half][skin[:, half]].mean() for half in (slice(0, 160), slice(160, 320))]
    assert min(bright) > 0.6 * max(bright)


def poses(stage: Stage, count: int = 4) -> F32:
    """Weights f32[count, 54]: all at once, few, lids half way, none."""
    out = np.zeros((count, len(SHAPES)), np.float32)
    out[0] = np.random.Generator(np.random.PCG64(3)).uniform(0, 0.6, len(SHAPES))
    out[1, [FACE_ID["jawOpen"], FACE_ID["mouthSmileLeft"]]] = 0.4, 0.7
    out[2, [FACE_ID["eyeBlinkLeft"], FACE_ID["eyeBlinkRight"], FACE_ID["eyeLookDownLeft"]]] = 0.5, 0.5, 0.3
    return out


def test_the_card_blends_as_numpy_does(stage: Stage) -> None:
    """Positions to a tenth of a millimetre (and far below), normals to a degree."""
    head = stage.actors[0].head
    there = Stage([head], [Look()], [(0.0, 0.0, 0.0)], [0.0], stage.camera, Light(), (64, 64), on_card=True).actors[0]
    here = stage.actors[0].morphing
    assert isinstance(here, OnHost) and isinstance(there.morphing, OnCard)
    for weights in poses(stage):
        there.morphing(there.shape, weights)
        position, normal = here.morph(weights)
        p, n = there.morphing.vertices()
        np.testing.assert_allclose(p[: len(position)], position, atol=1e-6)
        assert (n[: len(normal)] * normal).sum(1).min() > np.cos(np.radians(1.0))


def test_half_a_blink_stays_clear_of_the_eyeball(stage: Stage) -> None:
    """No vertex of a lid comes nearer to the eye's centre than at both ends of its way."""
    morph = stage.actors[0].morphing.morph
    at = {w: morph((w * np.eye(len(SHAPES))[FACE_ID["eyeBlinkLeft"]]).astype(np.float32))[0] for w in (0.0, 0.5, 1.0)}
    lid = morph.lids[0].at
    far = {w: np.linalg.norm(p[lid] - morph.balls[0].centre, axis=1) for w, p in at.items()}
    np.testing.assert_allclose(far[0.5], 0.5 * (far[0.0] + far[1.0]), atol=1e-6)


def test_both_ways_give_nearly_the_same_picture(stage: Stage) -> None:
    """The card smooths edges and casts shadows in its own way, but it is the same face."""
    head = stage.actors[0].head
    look = load_persona(head.name).look
    there = Stage([head], [look], [(0.0, 0.0, 0.0)], [0.0], stage.camera, Light(), SIZE, on_card=True)
    assert np.abs(draw(there, jawOpen=0.3) - draw(stage, jawOpen=0.3)).mean() < 4.0


def test_planes_are_the_picture(stage: Stage) -> None:
    """Luma to a step, colour to a few (BT.709, limited range); a size that colour does not fit gives plain pixels."""
    head = stage.actors[0].head
    own = Stage([head], [Look()], [(0.0, 0.0, 0.0)], [0.0], stage.camera, Light(), (160, 120))
    weights, breath = np.zeros((1, 61), np.float32), np.zeros(1, np.float32)
    rgb, planes = own.draw(weights, breath) / 255.0, own.planes(weights, breath).astype(float)
    luma = rgb @ (0.2126, 0.7152, 0.0722)
    np.testing.assert_allclose(planes[:120], 16 + 219 * luma, atol=1.5)
    mean = rgb.reshape(60, 2, 80, 2, 3).mean((1, 3))
    for k, (channel, scale) in enumerate(((2, 1.8556), (0, 1.5748))):
        plane = planes[120:].reshape(-1)[k * 4800 : (k + 1) * 4800].reshape(60, 80)
        wanted = 128 + 224 * (mean[..., channel] - mean @ (0.2126, 0.7152, 0.0722)) / scale
        np.testing.assert_allclose(plane, wanted, atol=2.0)
    odd = Stage([head], [Look()], [(0.0, 0.0, 0.0)], [0.0], stage.camera, Light(), (162, 120))
    assert odd.planes(weights, breath).shape == (120, 162, 3)


def test_a_clear_background_has_coverage(stage: Stage) -> None:
    """Corners are empty, the face is whole, and laid over the backdrop it is the ordinary picture."""
    head = stage.actors[0].head
    look = load_persona(head.name).look
    clear = Stage([head], [look], [(0.0, 0.0, 0.0)], [0.0], stage.camera, Light(background="transparent"), SIZE)
    picture = clear.draw(np.zeros((1, 61), np.float32), np.zeros(1, np.float32)).astype(float)
    alpha = picture[..., 3]
    assert picture.shape == (SIZE[1], SIZE[0], 4) and alpha[:20, :20].max() == 0 and alpha[120:140, 110:130].min() == 255
    soft = (alpha > 5) & (alpha < 250)
    assert 0.001 < soft.mean() < 0.1
    whole = draw(stage)
    assert np.abs(picture[..., :3] - whole)[alpha == 255].max() <= 1


def test_the_tongue_follows_its_own_two_weights(stage: Stage) -> None:
    """Only where a head has such shapes."""
    head = stage.actors[0].head
    count = sum(len(m.position) for m in head.meshes if m.material == "tongue")
    up = {"tongueTipUp": np.tile(np.array([0, 0.004, 0], np.float32), (count, 1))}
    meshes = [structs.replace(m, delta=m.delta | up) if m.material == "tongue" else m for m in head.meshes]
    own = Stage([structs.replace(head, meshes=meshes)], [Look()], [(0.0, 0.0, 0.0)], [0.0], stage.camera, Light(), SIZE)
    weights, breath = np.zeros((1, 61), np.float32), np.zeros(1, np.float32)
    weights[0, FACE_ID["jawOpen"]] = 0.5
    down, lifted = (own.draw(weights, breath, np.array([[tip, 0]], np.float32)).astype(float) for tip in (0, 1))
    changed = np.abs(down - lifted).max(2) > 8
    assert changed.sum() > 10
    rows, columns = region(stage, "mouth", (0.03, 0.03), -0.015)
    assert not np.delete(np.delete(changed, np.r_[rows], 0), np.r_[columns], 1).any()


def test_shadows_on_the_card_move_with_the_head(stage: Stage) -> None:
    """The jaw's shadow on the neck follows a turn; without the map it would stay where it was baked."""
    head = stage.actors[0].head
    camera = Camera(position=EYE, target=TARGET)
    own = Stage([head], [Look()], [(0.0, 0.0, 0.0)], [0.0], camera, Light(preset="dramatic"), SIZE, on_card=True)
    assert own.shadow is not None
    at = region(stage, "chin", (0.03, 0.012), -0.045)
    rest, turned = (draw(own, headYaw=yaw)[at].sum(2) for yaw in (0.0, 0.5))
    assert np.abs(rest - turned).mean() > 8


def test_depth_of_field_blurs_the_outline_and_not_the_eyes(stage: Stage) -> None:
    """Fine detail stays at the eyes; far more points are half covered at the outline, which is farther away."""
    head, look = stage.actors[0].head, load_persona(stage.actors[0].head.name).look
    pictures = []
    for dof in (0.0, 0.4):
        camera = Camera(position=EYE, target=TARGET, dof=dof)
        own = Stage([head], [look], [(0.0, 0.0, 0.0)], [0.0], camera, Light(background="transparent"), SIZE)
        pictures.append(draw(own))
    at = region(stage, "eye_left", (0.012, 0.004))
    sharp, blurred = (np.abs(np.diff(p[at][..., :3].sum(2), axis=1)).mean() for p in pictures)
    assert blurred > 0.6 * sharp
    clear, soft = (((p[..., 3] > 20) & (p[..., 3] < 235)).sum() for p in pictures)
    assert soft > 2 * clear


def test_a_window_shows_what_a_picture_holds(stage: Stage) -> None:
    """The frame buffer of the (unseen) window, after it was made larger."""
    from pyglet import gl

    own = Stage([stage.actors[0].head], [Look()], [(0.0, 0.0, 0.0)], [0.0], stage.camera, Light(), (32, 48))
    weights, breath = np.zeros((1, 61), np.float32), np.zeros(1, np.float32)
    own.show((64, 64), weights, breath)
    seen = np.empty((64, 64, 3), np.uint8)
    gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, 0)
    gl.glReadPixels(0, 0, 64, 64, gl.GL_RGB, gl.GL_UNSIGNED_BYTE, seen.ctypes.data)
    assert seen.std() > 20
    difference = seen[::-1].astype(int) - own.draw(weights, breath)
    assert np.abs(difference).max() <= 8  # a window may have 16 bits a point
