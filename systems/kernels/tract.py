"""The vocal tract as modes: the transfer of a cascade of formants with poles and zeros beside it (Fant 1960; Klatt 1980).

A mode of frequency F and bandwidth B (Hz) has the s-plane pair p = pi (-B +- 2 i F); with unit gain at 0 Hz its
transfer at f is w / (w - f^2 + i B f), w = F^2 + (B / 2)^2.
"""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
C128 = NDArray[np.complex128]


def inverse_modes(frequency: F64, centre: F64, width: F64) -> C128:
    """1 / transfer of each mode.

    Args: frequency f64[T, F] Hz; centre, width f64[T, M] or f64[1, M] Hz. Returns: complex128[T, M, F].
    """
    weight = 1.0 / (centre**2 + 0.25 * width**2)
    factors = np.empty((len(frequency), centre.shape[1], frequency.shape[1]), np.complex128)
    np.multiply((frequency**2)[:, None], -weight[..., None], out=factors.real)
    factors.real += 1.0
    np.multiply(frequency[:, None], (width * weight)[..., None], out=factors.imag)
    return factors


def shelf(frequency: F64, loss: F64) -> F64:
    """Linear gain of a loss that grows from 0 dB at 300 Hz to `loss` dB from 2.4 kHz on, straight in log frequency;
    loss f64[T]."""
    ramp = np.clip(np.log2(np.maximum(frequency, 1.0) / 300.0) / 3.0, 0.0, 1.0)
    return np.asarray(np.exp(ramp * (loss[:, None] * (-np.log(10.0) / 20.0))))
