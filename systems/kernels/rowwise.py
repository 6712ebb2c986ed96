"""A matrix applied to rows, each as if it were alone."""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


def rowwise(x: NDArray[np.floating], m: F64) -> F64:
    """x f64[..., K] @ m f64[K, N], row by row: BLAS sums a product of many rows in another order than that of one, so that what
    comes of a row would hang, in its last bits, on how many others there are."""
    found: F64 = np.matmul(x[..., None, :], m)[..., 0, :]
    return found
