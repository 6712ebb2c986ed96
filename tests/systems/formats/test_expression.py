"""Expression assets: what comes along, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psi_ecs import AssetError
from psi_ecs.components.expression import FELT, ROOM, Expression, Wave
from psi_ecs.components.face import BLENDSHAPES, FACE, FACE_ID
from psi_ecs.systems.formats.expression import (
    CHANNELS,
    expression_text,
    expressions,
    gather,
    load_expression,
    packaged,
    parse_expression,
    pose,
    units,
)  # fmt: skip
from psi_ecs.systems.formats.pattern import ROLES


def test_what_comes_along() -> None:
    """Feelings first; every expression moves something visibly, most of them move on while they are shown, and none is quite
    symmetric unless it is about a single muscle of the middle."""
    table = gather()
    assert table.names[: len(FELT)] == FELT and len(table.names) >= len(FELT) + 20
    strong = np.abs(table.matrix).sum(axis=1)
    assert (strong[len(FELT) : len(table.names)] > 0.1).all() and not strong[len(table.names) :].any()
    assert (table.matrix[:, :52] >= 0.0).all() and (table.matrix[:, :52] <= 1.0).all()
    assert sum(bool(e.wave) for e in packaged().values()) >= 20
    joy = packaged()["joy"]
    assert {"AU6", "AU12"} < set(joy.units) and any(w.of == "cheek" and "AU6" in w.units for w in joy.wave)
    assert any(w.of == "quiver" for w in packaged()["sadness"].wave)


def test_a_shape_that_swings_keeps_clear_of_its_absence() -> None:
    """It is held at least as high as it swings; turns of the head swing about where they are."""
    wave = Wave(of="cheek", units={"AU9": (0.2, 0.1)}, channels={"headPitch": 0.1})
    table = gather({"mine.toml": Expression(units={"AU9": (0.5, 0.0)}, wave=[wave])})
    row = table.matrix[len(table.names) - 1]
    got = [row[FACE_ID[name]] for name in ("noseSneerLeft", "noseSneerRight", "headPitch")]
    assert got == pytest.approx([0.5, 0.1, 0.0])


def test_every_unit_has_its_shapes() -> None:
    """Left and right are mirror images; every shape is reached by some unit or is a channel of its own."""
    reached = set()
    for unit in units().values():
        mirrored = {k.replace("Left", "Right"): v for k, v in unit.left.items()}
        assert mirrored == unit.right and bool(unit.left) != bool(unit.both)
        reached |= unit.left.keys() | unit.right.keys() | unit.both.keys()
    rest = set(BLENDSHAPES) - reached
    assert rest == {s for s in BLENDSHAPES if s.startswith("eyeLook")} | {
        "jawLeft", "jawRight", "mouthLeft", "mouthRight", "mouthClose", "mouthShrugUpper"}  # fmt: skip


def test_a_pair_is_left_and_right() -> None:
    """[left, right], and the mean where there is one shape."""
    w = pose({"AU12": (0.6, 0.2), "AU1": (0.6, 0.2), "AU26": 0.5}, {"headRoll": -0.1})
    got = {FACE[i]: w[i] for i in np.flatnonzero(w)}
    assert got == pytest.approx(
        {"mouthSmileLeft": 0.6, "mouthSmileRight": 0.2, "browInnerUp": 0.4, "jawOpen": 0.5, "headRoll": -0.1}
    )


SHARE = st.floats(0, 1).map(lambda x: round(x, 3))
SIDE = st.one_of(SHARE, st.tuples(SHARE, SHARE))
FACS = st.dictionaries(st.sampled_from(sorted(units())), SIDE, max_size=4)
MORE = st.dictionaries(st.sampled_from(CHANNELS), SHARE, max_size=3)
WAVES = st.builds(
    Wave, of=st.sampled_from(ROLES), times=st.integers(1, 8), phase=SHARE, units=FACS, channels=MORE,
)  # fmt: skip
WHOLE = st.builds(
    Expression, about=st.text("abc \"\\äöü", max_size=20), onset=st.floats(0.04, 5).map(lambda x: round(x, 3)),
    offset=st.floats(0.04, 10).map(lambda x: round(x, 3)), apex=st.floats(0, 60).map(lambda x: round(x, 2)), hold=SHARE,
    blink=st.sampled_from(["none", "blend", "block"]), units=FACS, channels=MORE, wave=st.lists(WAVES, max_size=2),
)  # fmt: skip


@given(WHOLE)
def test_written_and_read_again(e: Expression) -> None:
    """What is written is read again as it was."""
    assert parse_expression(expression_text(e), "x.toml") == e


def test_those_that_come_along_are_written_alike() -> None:
    """The writer keeps all that the assets hold."""
    for name in expressions():
        e = load_expression(name)
        assert parse_expression(expression_text(e), name) == e


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("onset = 0.0", 1, "onset"),
        ("[units]\nAU99 = 0.5", 2, "no action unit 'AU99'"),
        ("[units]\nAU12 = 1.5", 2, "AU12"),
        ("[units]\nAU12 = [0.1, 0.2, 0.3]", 2, "AU12"),
        ("[channels]\nmouthSmile = 0.5", 2, "did you mean"),
        ("[channels]\njawOpen = -0.5", 2, "jawOpen is -0.5; give 0 to 1, or"),
        ("[channels]\nleftEyeYaw = 0.1", 2, "no channel"),
        ('[[wave]]\nof = "cheeks"', 2, "did you mean 'cheek'"),
        ('[[wave]]\nof = "cheek"\ntimes = 0', 3, "times"),
        ('blink = "never"', 1, "block"),
        ("smile = 1", 1, "unknown key"),
        ("[units", 1, "not valid TOML"),
    ],
)
def test_what_is_wrong_is_one_line(text: str, line: int, says: str) -> None:
    """File, line and remedy."""
    with pytest.raises(AssetError) as why:
        parse_expression(text, "mine.toml")
    message = str(why.value)
    assert message.startswith(f"mine.toml:{line}: ") and says in message and "\n" not in message


def test_own_expressions_come_last_and_have_room() -> None:
    """Those that come along keep their places; too many are refused."""
    mine = Expression(units={"AU12": 1.0})
    table = gather({"mine.toml": mine})
    assert table.names[-1] == "mine.toml" and table.matrix[len(table.names) - 1, FACE_ID["mouthSmileLeft"]] == 1.0
    assert (gather().matrix[: len(table.names) - 1] == table.matrix[:-1][: len(table.names) - 1]).all()
    with pytest.raises(AssetError, match="room for"):
        gather({f"e{i}.toml": mine for i in range(ROOM)})
