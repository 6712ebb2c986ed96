"""Assets: found, loaded once, baked once, loaded again when their file changes."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from psi_ecs import App, AssetChanged, AssetError, Assets, Reader, system
from psi_ecs.asset import cache_folder, find, package_folder


def parse(blob: bytes, name: str) -> tuple[str, int]:
    try:
        return name, int(blob)
    except ValueError as why:
        raise AssetError(f"{name}: not a number") from why


def write(file: Path, text: str, at: int) -> None:
    """Write a file with a time of change of its own, so that no test depends on how fine a file system's clock is."""
    file.write_text(text)
    os.utime(file, ns=(at, at))


def test_a_file_is_loaded_once_by_whatever_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one.num").write_text("1")
    (tmp_path / "two.num").write_text("2")
    assets, loads = Assets(), []
    assets.loader(".num", lambda blob, name: loads.append(name) or parse(blob, name))
    one, two = assets.load(tmp_path / "one.num"), assets.load(str(tmp_path / "two.num"))
    monkeypatch.chdir(tmp_path)
    assert assets.load("one.num") == one != two
    assert (assets[one], assets[two], loads) == (("one", 1), ("two", 2), ["one", "two"])


def test_what_is_missing_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "marigold.num").write_text("1")
    with pytest.raises(AssetError, match=r"marigodl\.num: there is no such file or asset; did you mean .*marigold\.num\?"):
        find(tmp_path / "marigodl.num")
    with pytest.raises(AssetError, match=r"there is no such file or asset$"):
        find(tmp_path / "nothing" / "like.it")
    name = next(p for p in sorted((package_folder("assets") / "personas").iterdir()) if p.suffix == ".toml").name
    assert find(f"personas/{name}") == package_folder("assets") / "personas" / name
    with pytest.raises(AssetError, match=f"did you mean personas/{name}"):
        find(f"personas/{name[:-6]}.toml")


def test_an_unknown_kind_names_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("1")
    (tmp_path / "bare").write_text("1")
    app = App()
    with pytest.raises(AssetError, match=r"one\.txt: no loader for \.txt; there are loaders for none"):
        app.world.resource(Assets).load(tmp_path / "one.txt")
    app.loader(".num", parse)
    app.loader(".csv", parse)
    with pytest.raises(AssetError, match=r"bare: no loader for files without extension; there are loaders for \.csv, \.num"):
        app.world.resource(Assets).load(tmp_path / "bare")


def test_a_changed_file_is_loaded_again_at_the_border_of_a_tick(tmp_path: Path) -> None:
    file, seen = tmp_path / "one.num", []

    @system("input")
    def look(changes: Reader[AssetChanged]) -> None:
        seen.extend((app.world.tick, c.handle, c.error, app.world.resource(Assets)[handle]) for c in changes)

    app = App().add(look)
    app.loader(".num", parse)
    assets = app.world.resource(Assets)
    write(file, "1", 1_000_000_000)
    handle = assets.load(file)
    app.step()
    write(file, "2", 2_000_000_000)
    app.step()
    assert not seen  # nobody asked to watch
    assets.watching = True
    app.step(2)
    write(file, "half wr", 3_000_000_000)
    app.step(2)
    assert assets[handle] == ("one", 2)
    write(file, "3", 4_000_000_000)
    app.step(2)
    file.unlink()
    app.step()
    assert assets[handle] == ("one", 3)
    assert seen == [
        (2, handle, "", ("one", 2)),
        (4, handle, "one: not a number", ("one", 2)),
        (6, handle, "", ("one", 3)),
    ]


def test_a_product_is_made_once_for_all_it_depends_on(tmp_path: Path) -> None:
    made: list[int] = []

    def make() -> dict[str, Any]:
        made.append(1)
        return {"wave": np.arange(3.0), "names": ["a"], "n": len(made)}

    keys: list[dict[str, Any]] = [
        {"source": b"a"},
        {"source": b"b"},
        {"source": b"a", "settings": {"rate": 2}},
        {"source": b"a", "settings": {"rate": 3}},
        {"source": b"a", "version": 2},
        {"source": b"a", "needs": (b"x",)},
        {"source": b"a", "needs": (b"x", b"")},
    ]
    first = [Assets(tmp_path).product(make, **key) for key in keys]
    assert [p["n"] for p in first] == [1, 2, 3, 4, 5, 6, 7] and len(list(tmp_path.iterdir())) == 7
    again = [Assets(tmp_path).product(make, **key) for key in keys]
    assert [p["n"] for p in again] == [1, 2, 3, 4, 5, 6, 7] and len(made) == 7
    assert again[0]["wave"].tolist() == [0.0, 1.0, 2.0] and again[0]["names"] == ["a"]


def test_a_damaged_product_is_made_again(tmp_path: Path) -> None:
    def product(value: int) -> Any:
        return Assets(tmp_path).product(lambda: [value], b"source")

    assert product(1) == [1]
    (file,) = tmp_path.iterdir()
    for damage in (b"", b"rubbish", file.read_bytes()[:-1], file.read_bytes() + b"x"):
        file.write_bytes(damage)
        assert product(2) == [2] == product(3)


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert Assets(tmp_path / "file" / "below").product(lambda: 5, b"source") == 5


def test_the_cache_lies_where_the_user_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSI_CACHE", "/somewhere/else")
    assert cache_folder() == Path("/somewhere/else")
    monkeypatch.delenv("PSI_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert cache_folder() == Path("/caches/psi-ecs")


def test_a_missing_package_folder_says_what_to_do() -> None:
    with pytest.raises(AssetError, match="install psi-ecs again"):
        package_folder("nothing_of_that_name")
