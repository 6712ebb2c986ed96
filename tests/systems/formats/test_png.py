"""PNG pictures, read back by another library."""

import io

import numpy as np
import pytest

from psi_ecs.systems.formats.png import write_png


@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 5, 3), (64, 33, 4)])
def test_pixels_come_back(shape: tuple[int, int, int]) -> None:
    image = pytest.importorskip("PIL.Image")
    picture = np.random.default_rng(3).integers(0, 256, shape, np.uint8)
    back = image.open(io.BytesIO(write_png(picture)))
    assert back.mode == {3: "RGB", 4: "RGBA"}[shape[2]]
    np.testing.assert_array_equal(np.asarray(back), picture)
