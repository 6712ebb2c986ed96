"""`python -m psi_ecs.backend.probe ARCH`: exit 0 if a Taichi kernel runs there, else print why not."""

import sys

import numpy as np

from . import BackendError
from .taichi import launch, ti


@ti.kernel
def _double(x: ti.types.ndarray(dtype=ti.f32, ndim=1)):
    for i in range(x.shape[0]):
        x[i] = 2.0 * x[i]


def main(arch: str) -> int:
    """Try one kernel on `arch`."""
    x = np.arange(64, dtype=np.float32)
    try:
        launch(_double, arch, (x,), {})
    except (BackendError, RuntimeError) as error:
        print(str(error).splitlines()[0])
        return 1
    return 0 if np.array_equal(x, 2.0 * np.arange(64)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
