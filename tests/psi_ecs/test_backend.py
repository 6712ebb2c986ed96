"""Which backend runs, what it refuses, and that both give the same."""

import ast
import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs import backend
from psi_ecs.backend import BackendError, Kernel, dispatch, kernel
from psi_ecs.systems import kernels as folder
from psi_ecs.systems.kernels.kuramoto import pull, pull_edges

for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
    if not module.ispkg:
        importlib.import_module(module.name)

KERNELS = backend.kernels()
needs_taichi = pytest.mark.skipif(backend.missing() is not None, reason="Taichi is not here")
F32 = NDArray[np.float32]


def _double(x: F32, y: F32) -> None:
    y[:] = 2.0 * x


double = Kernel(_double, lambda x, y: len(x), None, ("y",), lambda n: (np.ones(n, np.float32), np.ones(n, np.float32)))
"""A kernel that has no twin, and is not registered."""


@pytest.mark.parametrize("size", [1, 13, 200])
@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_agrees_with_its_twin(name: str, size: int, agree: Callable[..., None]) -> None:
    agree(KERNELS[name], *KERNELS[name].sample(size))


@pytest.mark.parametrize("name", KERNELS)
def test_samples_are_the_same_each_time_and_pass_the_check(name: str) -> None:
    first, second = KERNELS[name].sample(9), KERNELS[name].sample(9)
    KERNELS[name].check(*first)
    for place, kernel_name, _, written in KERNELS[name]._arrays:
        if not written:
            np.testing.assert_array_equal(first[place], second[place], err_msg=kernel_name)


@needs_taichi
@pytest.mark.parametrize("name", KERNELS)
def test_twins_repeat_bit_for_bit(name: str) -> None:
    runs = []
    for _ in range(3):
        args = KERNELS[name].sample(300)
        runs.append((KERNELS[name].twin(*args), args))
    for result, args in runs[1:]:
        for a, b in zip((runs[0][0], *runs[0][1]), (result, *args), strict=True):
            np.testing.assert_array_equal(a, b)


def refusal(*args: Any) -> str:
    """What `double` says of these arguments."""
    with pytest.raises(BackendError) as caught:
        double(*args)
    return str(caught.value)


def test_refuses_what_taichi_would_write_or_misread() -> None:
    good, wide = np.ones(4, np.float32), np.ones(8, np.float32)
    locked = good.copy()
    locked.flags.writeable = False
    assert "read-only" in refusal(good, locked)
    assert "must be float32, not float64" in refusal(good.astype(np.float64), good)
    assert "ascontiguousarray(x)" in refusal(wide[::2], good)
    assert "not list" in refusal([1.0], good)
    double(locked, good)
    assert good.tolist() == [2.0] * 4


def test_a_read_only_view_of_a_column_reaches_no_twin() -> None:
    args = pull.sample(4)
    args[-1].flags.writeable = False
    with pytest.raises(BackendError, match=r"kuramoto:pull writes out.*Write\["):
        pull.twin(*args)


def test_a_kernel_must_write_to_its_own_arguments() -> None:
    with pytest.raises(BackendError, match="writes names"):
        kernel(size=len, writes=("z",), sample=lambda n: (np.ones(n),))(lambda x: None)


@needs_taichi
def test_a_kernel_without_a_twin_says_so() -> None:
    with pytest.raises(BackendError, match="has no Taichi twin"):
        double.twin(*double.sample(3))


@needs_taichi
def test_size_or_arch_picks(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[str] = []
    monkeypatch.setattr(pull_edges, "_load", lambda: lambda *args: used.append("taichi"))
    small, large = pull_edges.sample(10), pull_edges.sample(10_000)
    pull_edges(*small)
    assert used == []
    pull_edges(*large)
    assert used == ["taichi"]
    backend.set_arch("numpy")
    pull_edges(*large)
    assert used == ["taichi"]
    backend.set_arch("cpu")
    pull_edges(*small)
    assert used == ["taichi", "taichi"]


@pytest.mark.parametrize("name", ["gpu", "opengl", "CPU", ""])
def test_unknown_arch(name: str) -> None:
    with pytest.raises(BackendError, match="choose one of auto, numpy, cpu, cuda, vulkan, metal"):
        backend.set_arch(name)


@needs_taichi
def test_a_device_is_tried_in_another_process_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_probe", lambda name: "no such device")
    with pytest.raises(BackendError, match="arch 'cuda' does not work on this machine: no such device; use --arch cpu"):
        backend.set_arch("cuda")
    assert backend.arch() == "auto"


@needs_taichi
def test_metal_is_refused_in_one_line_where_there_is_none() -> None:
    dispatch._probe.cache_clear()
    why = dispatch._probe("metal")
    assert "\n" not in why
    assert why == "" or "metal" in why


def test_without_taichi_numpy_carries_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_installed", lambda: False)
    args = pull_edges.sample(10_000)
    pull_edges(*args)
    assert np.isfinite(args[-1]).all()
    assert backend.warm() == []
    with pytest.raises(BackendError, match=r"arch 'cpu' needs Taichi: it is not installed .*; use --arch numpy"):
        backend.set_arch("cpu")


def test_twins_keep_the_rules() -> None:
    """No fields, no scalar sines, nothing that starts or ends Taichi."""
    root = Path(folder.__file__).parent
    barred = {"sin", "cos", "field", "ndarray", "init", "reset", "gpu", "Matrix.field", "Vector.field", "atomic_add"}
    for path in root.glob("twins/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ti":
                assert node.attr not in barred, f"{path.name}:{node.lineno}: ti.{node.attr}"
