"""The range coder: everything comes back, in about as many bits as the probabilities say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psi_ecs.backend import BackendError
from psi_ecs.systems.kernels.rangecoder import BITS, Learner, Reader, Writer, bit, far, near, near_learner, table


@pytest.mark.parametrize("weights", [[1, 1], [1000, 1, 1], [1, 2, 3, 4, 5, 6], [1.0] * 30, [1e-9, 1, 1e-9]])
def test_symbols_come_back_at_their_price(weights: list[float]) -> None:
    p = np.array(weights) / sum(weights)
    symbols = np.random.default_rng(0).choice(len(p), 20_000, p=p).tolist()
    whole, out = table(weights), Writer()
    for s in symbols:
        out.code(whole, s)
    data = out.bytes()
    source = Reader(data)
    assert [source.code(whole) for _ in symbols] == symbols
    price = -np.log2(np.diff(whole)[symbols] / 2**BITS).sum()
    assert 8 * len(data) < 1.002 * price + 40


def test_tables_give_everything_something() -> None:
    whole = table([0.0, 1.0, 0.0])
    assert whole[0] == 0 and whole[-1] == 2**BITS and min(np.diff(whole)) >= 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-5000, 5000), max_size=60), st.lists(st.integers(0, 100_000), max_size=20))
def test_numbers_come_back(small: list[int], large: list[int]) -> None:
    out, learner = Writer(), near_learner()
    for n in small:
        near(out, learner, n)
    for n in large:
        far(out, n)
    bit(out, 1)
    source, learner = Reader(out.bytes()), near_learner()
    assert [near(source, learner) for _ in small] == small
    assert [far(source) for _ in large] == large
    assert bit(source) == 1


def test_a_learner_gets_cheaper() -> None:
    """A source that says the same is soon almost free."""
    out, learner = Writer(), Learner([1.0] * 16)
    for _ in range(1000):
        out.code(learner.table, 3)
        learner.saw(3)
    assert len(out.bytes()) < 40


def test_the_size_is_known_on_the_way() -> None:
    out = Writer()
    for n in range(500):
        far(out, n)
    assert abs(out.size - len(out.bytes())) <= 5


def test_reading_far_beyond_the_end_is_noticed() -> None:
    source = Reader(b"abc")
    with pytest.raises(BackendError):
        for _ in range(10_000):
            bit(source)
