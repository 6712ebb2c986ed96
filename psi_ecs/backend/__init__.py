"""The compute backend: each kernel is a NumPy reference, always there, with a Taichi twin that is used where it is faster.

A kernel takes NumPy arrays and numbers and writes into arrays that it names. `systems/kernels/decay.py`:

    from psi_ecs.backend import kernel

    def _sample(n: int) -> tuple[F64, float]:               # arguments of size n: for warm-up, tests and `psi bench`
        return np.linspace(0.0, 1.0, n), 0.1

    @kernel(size=lambda x, rate: len(x), above=200_000, writes=("x",), sample=_sample)
    def decay(x: F64, rate: float) -> None:                 # dtypes are read from the annotations and checked
        x *= np.exp(-rate)

Its twin has the same name and signature and lies at `systems/kernels/twins/decay.py`; it is loaded at first use only:

    from psi_ecs.backend.taichi import ti

    @ti.kernel
    def decay(x: ti.types.ndarray(dtype=ti.f64, ndim=1), rate: ti.f64):
        for i in range(x.shape[0]):
            x[i] *= ti.exp(-rate)

A twin may also be a plain function that calls several Taichi kernels. Callers just call `decay(x, 0.1)`.
`above` is a size that `psi bench kernels` measured; None keeps NumPy unless the user asks for Taichi by `set_arch`.
Rules for twins: arguments only (no fields, no `ti.ndarray`); `psin` from `psi_ecs.backend.taichi`, not `ti.sin`, in inner
loops; one writer per output, no atomic adds; `ti.loop_config(serialize=True)` before a loop of less than about 0.3 ms;
explicit types for literals that need 64 bits; never `from __future__ import annotations`.
"""

from .dispatch import ARCHS, BackendError, Kernel, arch, kernel, kernels, missing, set_arch, warm

__all__ = ["ARCHS", "BackendError", "Kernel", "arch", "kernel", "kernels", "missing", "set_arch", "warm"]
