"""The benchmarks measure what they say; how fast it is, is not asserted."""

import json
from pathlib import Path

import numpy as np
import pytest

from psi_ecs import PsiError
from psi_ecs.tools import bench
from psi_ecs.tools.bench import clock, draw, ecs, field, kernels, memory, report, stores, workload


def test_our_tables_are_measured_in_every_case() -> None:
    figures = ecs.ours(2_600)
    assert set(figures) == set(report.GOALS)
    assert all(value is not None and value > 0.0 for value in figures.values())


def test_ratio_is_to_the_best_peer_that_can_do_it() -> None:
    case = dict.fromkeys(report.GOALS, 0.001)
    figures = {
        "psi-ecs": case,
        "slow": dict.fromkeys(report.GOALS, 0.5),
        "quick": {**dict.fromkeys(report.GOALS, 0.2), "save+load": None},
    }
    rows = dict(zip(report.GOALS, report.ecs(figures)[1:], strict=True))
    assert rows["create"].split()[-2:] == ["200.0", "20"]
    assert rows["save+load"].split() == ["save+load", "1.000", "500.000", "-", "500.0", "100"]


def test_a_part_that_fails_is_told_and_the_rest_goes_on() -> None:
    figures = {"psi-ecs": dict.fromkeys(report.GOALS, 0.001), "peer": {"error": "ModuleNotFoundError: No module named 'peer'"}}
    said = report.table("ecs", figures)
    assert "peer: ModuleNotFoundError" in said
    assert "1.000" in said


def test_unknown_name() -> None:
    with pytest.raises(PsiError, match="unknown benchmark tables; there are draw, ecs, face, field, kernels, memory, speak"):
        bench.run(["tables"], None)


def test_prints_and_writes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    row = {"work": 10, "numpy": 0.002, "taichi": 0.001}
    monkeypatch.setattr(bench, "measure", lambda name, part: {"kuramoto:pull": [row]})
    bench.run(["kernels"], tmp_path / "deep" / "bench.json")
    said = capsys.readouterr().out
    assert "Python" in said.splitlines()[0]
    assert said.split()[-5:] == ["kuramoto:pull", "10", "2.000", "1.000", "2.00"]
    assert json.loads((tmp_path / "deep" / "bench.json").read_text())["kernels"] == {"kernels": {"kuramoto:pull": [row]}}


def test_kernels_are_measured_on_what_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "SIZES", (10,))
    figures = kernels.measure("kernels")
    assert {"kuramoto:pull", "kuramoto:pull_edges"} <= set(figures)
    assert all(row["numpy"] is not None and row["numpy"] > 0.0 for rows in figures.values() for row in rows)


def test_coupled_phases_end_where_the_plain_sum_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours and its peer solve the same problem: each is near the reference, and the ratio is of times."""
    monkeypatch.setattr(field, "CASES", {"dense": (30, 900, 12), "sparse": (200, 900, 12)})
    figures = {part: field.measure(part) for part in ("psi-ecs", "numpy")}
    for part in figures.values():
        assert {"dense, tick by tick", "sparse, at once"} <= set(part)
        assert all(at["error"] < 1e-4 and at["tick"] > 0.0 for at in part.values())
    rows = report.field(
        {"psi-ecs": {"dense": {"tick": 0.001, "error": 1e-9}}, "numpy": {"dense": {"tick": 0.02, "error": 1e-9}}}
    )
    assert rows[1].split() == ["dense", "1.000", "(1e-09)", "20.000", "(1e-09)", "20.0", "-"]


def test_garbage_is_collected_outside_the_timing() -> None:
    import gc

    states = []
    clock.each(lambda: states.append(gc.isenabled()), 3)
    assert states == [False] * 3
    assert gc.isenabled()


def test_pictures_a_second_are_those_of_the_best_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that other work slowed does not count."""
    now = iter([0.0, 4.0, 10.0, 11.0])
    monkeypatch.setattr(draw, "perf_counter", lambda: next(now))
    assert draw.rate([np.zeros(1, np.float32)] * 2 * draw.RUN, lambda _: None) == pytest.approx(draw.RUN)


def test_pictures_are_told_beside_their_bars() -> None:
    rows = report.plain({"draw": {"renderer": "llvmpipe", "pictures a second": 30.0}})
    assert rows[0].split() == ["renderer", "llvmpipe"] and rows[1].split()[-1] == "30.000"


def test_a_memory_is_measured_beside_peers(tmp_path: Path) -> None:
    """Ours, and one that scans all: the same is asked of both, and both find it."""
    heard: list[float] = []
    figures = {part: memory.measure(part, 1000, heard.append) for part in ("psi-ecs", "lmdb")}
    assert heard.count(1.0) == 2 and heard[-1] == 1.0 and sorted(heard[: heard.index(1.0)]) == heard[: heard.index(1.0)]
    for found in figures.values():
        assert all(found[f"{kind}: recall@10"] >= 0.95 for kind in workload.KINDS)
        assert found["added a second"] > 0.0 and found["bytes an entry with cells"] > 256.0
    assert figures["psi-ecs"]["bytes an entry with cells"] > figures["psi-ecs"]["bytes an entry"]
    rows = report.memory(
        {"psi-ecs": {"added a second": 50.0, "open: ms": 2.0}, "peer": {"added a second": 100.0, "open: ms": 8.0}}
    )
    assert [row.split()[-1] for row in rows] == ["ratio", "0.50", "4.00"]
    assert stores.TOP == workload.TOP


def test_progress_of_a_part_is_no_error() -> None:
    script = "import sys; print('~0.5', file=sys.stderr); print('note', file=sys.stderr); print('{}')"
    code, said, errors = bench.follow([bench.sys.executable, "-c", script], dict(bench.os.environ), "part")
    assert (code, said.strip(), errors) == (0, "{}", ["note"])
