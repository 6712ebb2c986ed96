"""Random streams: each name its own, whatever else is drawn and in whatever order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psi_ecs import Rng, SnapshotError

names = st.sampled_from(["a", "b", "life", "", "a/b"])


@given(st.integers(0, 2**64), st.lists(st.tuples(names, st.integers(1, 5)), max_size=20), st.randoms())
def test_a_stream_does_not_depend_on_the_others(seed: int, draws: list[tuple[str, int]], mix: object) -> None:
    def numbers(order: list[tuple[str, int]]) -> dict[str, list[float]]:
        rng, found = Rng(seed), dict[str, list[float]]()
        for name, n in order:
            found.setdefault(name, []).extend(rng.stream(name).random(n).tolist())
        return found

    mixed = numbers(draws)
    for name in mixed:
        assert mixed[name] == numbers([(n, k) for n, k in draws if n == name])[name]
        assert mixed[name] == Rng(seed).stream(name).random(len(mixed[name])).tolist()


def test_seed_and_name_both_count() -> None:
    drawn = {tuple(Rng(seed).stream(name).random(4)) for seed in (0, 1, 10) for name in ("a", "b", "", "0/a")}
    assert len(drawn) == 12
    assert Rng(7).stream("a").random() == Rng(7).stream("a").random()


def test_known_numbers() -> None:
    """What a seed means must not change between releases or machines: saved runs depend on it."""
    assert Rng(1).stream("life").bit_generator.random_raw(2).tolist() == [13058860927387664903, 15846854557282584550]


@given(st.lists(st.tuples(names, st.sampled_from(["random", "normal", "integers"])), max_size=12))
def test_streams_come_back_where_they_were(draws: list[tuple[str, str]]) -> None:
    def draw(rng: Rng, name: str, kind: str) -> float:
        generator = rng.stream(name)
        return float(generator.integers(0, 9, dtype=np.uint32)) if kind == "integers" else float(getattr(generator, kind)())

    rng = Rng(5)
    for name, kind in draws:
        draw(rng, name, kind)
    again = Rng.load(rng.save())
    assert again.save() == rng.save()
    for name, kind in [*draws, ("new", "random")]:
        assert draw(again, name, kind) == draw(rng, name, kind)


@pytest.mark.parametrize("streams", [None, [1], {"a": []}, {"a": ["1", "2", 0]}, {"a": ["x", "2", 0, 0]}, {"a": [{}, 1, 0, 0]}])
def test_damaged_streams_are_one_line(streams: object) -> None:
    for data in ({"streams": streams}, {"seed": 1, "streams": streams}):
        with pytest.raises(SnapshotError, match="random streams are damaged"):
            Rng.load(data)
