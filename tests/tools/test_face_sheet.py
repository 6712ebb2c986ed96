"""The sheet of a head: every shape, viseme and expression once, with its name."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from psi_ecs.components.face import FACE_ID, SHAPES, TONGUE
from psi_ecs.systems.formats.heads import load_head
from psi_ecs.systems.output.draw import available
from psi_ecs.tools.commands.face import command
from psi_ecs.tools.face import sheet
from psi_ecs.tools.face.picture import captioned, subject, tiled, weights


def test_every_shape_has_a_cell() -> None:
    """In order, at full weight, eyes turned with their lids."""
    cells = sheet.shapes(load_head("mira"))
    assert [cell.caption.split()[0] for cell in cells] == list(SHAPES)
    for cell, name in zip(cells, SHAPES, strict=True):
        assert (cell.tongue[TONGUE.index(name)] if name in TONGUE else cell.pose[FACE_ID[name]]) == 1.0, cell.caption
    out = next(pose for text, pose, *_ in cells if text == "eyeLookOutLeft")
    assert out[FACE_ID["leftEyeYaw"]] > 0.3  # out for the left eye is to its own left


def test_visemes_are_the_fifteen_and_lips_meet_where_they_should() -> None:
    """As the persona makes them."""
    cells = sheet.visemes("mira")
    assert [text.split()[0] for text, *_ in cells] == [
        "sil",
        "PP",
        "FF",
        "TH",
        "DD",
        "kk",
        "CH",
        "SS",
        "nn",
        "RR",
        "aa",
        "E",
        "ih",
        "oh",
        "ou",
    ]
    rig = load_head("mira").rig["lip_gap"][0]
    gap = {text.split()[0]: float(rig[0] + rig[1:] @ pose[:52]) for text, pose, *_ in cells}
    assert gap["PP"] < 1.0 < gap["ih"] < gap["aa"]
    lift = {cell.caption.split()[0]: cell.tongue for cell in cells}
    assert lift["nn"][0] > 0.4 > lift["PP"][0] and lift["kk"][1] > 0.4 > lift["aa"][1]


def test_a_name_without_side_is_both() -> None:
    """And the subject of a persona has its colours."""
    assert weights(eyeBlink=0.5)[[FACE_ID["eyeBlinkLeft"], FACE_ID["eyeBlinkRight"]]].tolist() == [0.5, 0.5]
    head, look, persona = subject("june")
    assert head.meshes and look.skin.startswith("#") and persona == "june"


def test_cells_tile() -> None:
    """Captions make cells taller; a last row is filled up."""
    cell = captioned(np.zeros((60, 60, 3), np.uint8), "mouthUpperUpLeft + jawOpen")
    assert cell.shape[0] > 60 and cell.shape[1] == 60 and cell[60:].max() > 150
    assert tiled([cell] * 5, 3).shape == (2 * cell.shape[0], 180, 3)


@pytest.mark.skipif(available() is not None, reason="nothing to draw with")
def test_a_sheet_is_written(tmp_path: Path) -> None:
    """Three views of one head, all different."""
    out = tmp_path / "sheet.png"
    ran = CliRunner().invoke(command, ["sheet", "mira", "--only", "views", "--size", "96", "-o", str(out)])
    assert ran.exit_code == 0, ran.output
    from PIL import Image

    picture = np.asarray(Image.open(out), np.int64)
    assert picture.shape[1] == 3 * 96
    front, side = picture[60:130, :96], picture[60:130, 192:]
    assert np.abs(front - side).mean() > 5.0
