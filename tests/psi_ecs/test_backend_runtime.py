"""Taichi beside a host's own use of it: each case in a process of its own, for Taichi has one runtime a process."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from psi_ecs import backend

pytestmark = pytest.mark.skipif(backend.missing() is not None, reason="Taichi is not here")

ROOT = Path(backend.__file__).parents[2]
START = """
import os, threading
import numpy as np
from psi_ecs import backend
from psi_ecs.systems.kernels.kuramoto import pull
def right():
    args = pull.sample(20)
    pull.reference(*args); expected = args[-1].copy(); args[-1][:] = 0
    pull.twin(*args)
    return bool(np.allclose(args[-1], expected, atol=1e-4))
"""


def run(tmp_path: Path, script: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a new process, from a file: Taichi reads the sources of its kernels."""
    path = tmp_path / "script.py"
    path.write_text(START + script)
    full = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.run([sys.executable, path], env=full, capture_output=True, text=True, timeout=120, check=False)


def succeeds(done: subprocess.CompletedProcess[str]) -> None:
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_quiet_and_only_loaded_when_used(tmp_path: Path) -> None:
    succeeds(run(tmp_path, "import sys; assert 'taichi' not in sys.modules; assert right(); assert 'taichi' in sys.modules"))


def test_works_in_a_hosts_runtime_and_survives_its_restarts(tmp_path: Path) -> None:
    script = """
import contextlib, io
import taichi as ti
from taichi.lang import impl
with contextlib.redirect_stdout(io.StringIO()):
    ti.init(arch=ti.cpu, default_fp=ti.f64, offline_cache=False, log_level=ti.ERROR)
live = impl.get_runtime().prog
mine = ti.field(ti.f32, 4)
mine.fill(3.0)
assert right()
assert impl.get_runtime().prog is live and mine[2] == 3.0           # not started over the host's
with contextlib.redirect_stdout(io.StringIO()):
    ti.init(arch=ti.cpu, offline_cache=False, log_level=ti.ERROR)
assert right()
ti.reset()
assert right()
"""
    done = run(tmp_path, script, ENABLE_TAICHI_HEADER_PRINT="0")
    succeeds(done)


def test_threads_launch_after_warm(tmp_path: Path) -> None:
    script = """
backend.set_arch("cpu")
assert len(backend.warm()) >= 2
results = []
threads = [threading.Thread(target=lambda: results.append(right())) for _ in range(3)]
[t.start() for t in threads]; [t.join() for t in threads]
assert results == [True] * 3
"""
    succeeds(run(tmp_path, script))


def test_threads_may_be_the_first_to_launch(tmp_path: Path) -> None:
    script = """
results = []
threads = [threading.Thread(target=lambda: results.append(right())) for _ in range(3)]
[t.start() for t in threads]; [t.join() for t in threads]
assert results == [True] * 3 and right()
"""
    succeeds(run(tmp_path, script))


def test_a_runtime_started_elsewhere_is_explained(tmp_path: Path) -> None:
    script = """
import contextlib, io
import taichi as ti
with contextlib.redirect_stdout(io.StringIO()):
    ti.init(arch=ti.cpu, offline_cache=False, log_level=ti.CRITICAL)
said = []
def work():
    try:
        right()
    except backend.BackendError as error:
        said.append(str(error))
t = threading.Thread(target=work); t.start(); t.join()
assert said == ["Taichi was started in another thread; call psi_ecs.backend.warm() there first"], said
"""
    done = run(tmp_path, script, ENABLE_TAICHI_HEADER_PRINT="0")
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_keeps_to_numpy(tmp_path: Path) -> None:
    script = """
assert right()
child = os.fork()
if child == 0:
    try:
        right()
    except backend.BackendError as error:
        assert "spawn" in str(error)
        pull(*pull.sample(20))
        os._exit(7)
    os._exit(1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
assert right()
"""
    succeeds(run(tmp_path, script, PYTHONWARNINGS="ignore::DeprecationWarning"))  # 3.12 warns of any fork beside threads


def test_no_place_for_the_cache(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    succeeds(run(tmp_path, "assert right()", XDG_CACHE_HOME=str(blocked), LOCALAPPDATA=str(blocked)))


def test_an_arch_cannot_change_under_a_live_runtime(tmp_path: Path) -> None:
    script = """
from psi_ecs.backend import dispatch
assert right()
dispatch._probe = lambda name: ""
try:
    backend.set_arch("cuda")
except backend.BackendError as error:
    assert "already runs on cpu" in str(error)
else:
    raise SystemExit(1)
"""
    succeeds(run(tmp_path, script))


def test_optimised_python(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(START + "\nimport sys\nsys.exit(0 if right() else 1)\n")
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-OO", path], env=env, timeout=120, check=False).returncode == 0


def test_polynomial_sine() -> None:
    from psi_ecs.backend.taichi import launch, pcos, psin, ti

    row = ti.types.ndarray(dtype=ti.f32, ndim=1)

    @ti.kernel
    def both(x: row, s: row, c: row):
        for i in range(x.shape[0]):
            s[i] = psin(x[i])
            c[i] = pcos(x[i])

    x = np.linspace(-3.0, 3.0, 10_001, dtype=np.float32)
    s, c = np.empty_like(x), np.empty_like(x)
    launch(both, "cpu", (x, s, c), {})
    np.testing.assert_allclose(s, np.sin(2.0 * np.pi * x.astype(np.float64)), atol=6e-6)
    np.testing.assert_allclose(c, np.cos(2.0 * np.pi * x.astype(np.float64)), atol=6e-6)
