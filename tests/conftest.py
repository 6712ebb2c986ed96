"""What every test may use."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from psi_ecs.backend import Kernel, missing, set_arch

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(autouse=True)
def _auto_arch() -> Iterator[None]:
    """Leave the choice of backend as it was found."""
    yield
    set_arch("auto")


@pytest.fixture
def agree() -> Callable[..., None]:
    """`agree(kernel, *args)`: NumPy and Taichi give the same to 1e-4, in what they return and in what they write."""

    def check(kernel: Kernel[..., Any], *args: Any) -> None:
        if (why := missing()) is not None:
            pytest.skip(why)
        ours, twins = copy.deepcopy(args), copy.deepcopy(args)
        expected, got = kernel.reference(*ours), kernel.twin(*twins)
        scale = max(
            [1.0, *(float(np.abs(a).max()) for a in ours if isinstance(a, np.ndarray) and a.dtype.kind in "fc" and a.size)]
        )
        for a, b in zip((expected, *ours), (got, *twins), strict=True):
            if isinstance(a, np.ndarray):
                np.testing.assert_allclose(b, a, rtol=1e-4, atol=1e-4 * scale)
            else:
                assert a == b or np.isclose(a, b, rtol=1e-4)

    return check
