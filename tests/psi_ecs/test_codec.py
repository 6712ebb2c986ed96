"""The codec under snapshots: plain data and arrays come back, and what is damaged is refused."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psi_ecs import SnapshotError
from psi_ecs.codec import seal, unseal

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(plain)
def test_plain_data_come_back(value: Any) -> None:
    assert unseal(b"test\x01", "a test", seal(b"test\x01", value)) == value


@given(
    st.sampled_from(["<f4", "<f8", "|u1", "|b1", "<i8", "<u8", "<c16", "<U3"]),
    st.lists(st.integers(0, 5), max_size=3),
    st.booleans(),
)
def test_arrays_come_back(dtype: str, shape: list[int], turned: bool) -> None:
    count = int(np.prod(shape, dtype=int))
    array = np.arange(count).reshape(shape).astype(dtype)
    array = array.T if turned else array
    part = array[:1] if shape else array
    one, (two, three) = unseal(b"test\x01", "a test", seal(b"test\x01", [array, [part, np.float64(0.5)]]))
    assert one.dtype == array.dtype and np.array_equal(one, array) and one.flags.writeable and three == 0.5
    assert np.array_equal(two, part)


def test_a_length_beyond_the_end_is_refused() -> None:
    good = seal(b"test\x01", "no arrays")
    for length in (len(good), 2**40, 2**64 - 1):
        with pytest.raises(SnapshotError, match="damaged or cut short"):
            unseal(b"test\x01", "a test", good[:21] + length.to_bytes(8, "little") + good[29:])


def test_arrays_of_records_are_refused() -> None:
    with pytest.raises(SnapshotError, match="refused"):
        unseal(b"test\x01", "a test", seal(b"test\x01", np.zeros(2, [("a", "i4")])))
