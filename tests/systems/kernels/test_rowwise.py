import numpy as np

from psi_ecs.systems.kernels.rowwise import rowwise


def test_a_row_does_not_hang_on_how_many_others_there_are() -> None:
    draw = np.random.default_rng(3)
    for k, n in ((10, 64), (64, 61), (24, 7)):
        x, m = draw.normal(size=(100, k)), draw.normal(size=(k, n))
        whole = rowwise(x, m)
        np.testing.assert_allclose(whole, x @ m, atol=1e-12)
        assert all(np.array_equal(rowwise(x[i : i + 1], m)[0], whole[i]) for i in range(100))
        assert np.array_equal(rowwise(x[3], m), whole[3])
