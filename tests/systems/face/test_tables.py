"""The editable tables, and the viseme track."""

import numpy as np
import pytest

from psi_ecs.components.face import FACE_ID
from psi_ecs.systems.face.expression import FEELINGS, ExpressionError, build, load


def test_the_tables_load() -> None:
    """Every feeling has a face, joy is a Duchenne smile, and no face is perfectly symmetric."""
    table = load()
    joy = table.matrix[FEELINGS.index("joy")]
    assert joy[FACE_ID["cheekSquintLeft"]] > 0.3 and joy[FACE_ID["mouthSmileLeft"]] > 0.3
    for i, name in enumerate(FEELINGS[6:], 6):
        assert np.abs(table.matrix[i]).sum() > 0.2, name
    for name in ("smile", "wink", "tilt", "think"):
        assert np.abs(table.matrix[len(FEELINGS) + table.names.index(name)]).sum() > 0.1
    lopsided = [table.matrix[i, FACE_ID["browDownLeft"]] != table.matrix[i, FACE_ID["browDownRight"]] for i in (7, 8, 10)]
    assert all(lopsided)


@pytest.mark.parametrize(
    ("emotions", "named", "says"),
    [
        ("[joy", "", "emotions.toml"),
        ("", "", "pleasure"),
        ("NAMED", "[smile]\nmouthSmile = 0.5", "mouthSmile"),
        ("NAMED", "[smile]\nmouthSmileLeft = 1.5", "1.5"),
        ("NAMED", "[smile]\nmouthSmileLeft = 'much'", "smile"),
        ("NAMED", "[smile]\nonset = 0.0", "onset"),
        ("NAMED", "\n".join(f"[e{i}]" for i in range(25)), "room"),
    ],
)
def test_mistakes_are_named(emotions: str, named: str, says: str) -> None:
    """One clear line that names the file and what is wrong."""
    whole = "\n".join(f"[{name}]" for name in FEELINGS)
    with pytest.raises(ExpressionError, match=says) as caught:
        build(whole if emotions == "NAMED" else emotions, named)
    assert "\n" not in str(caught.value)
