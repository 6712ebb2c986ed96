"""Track files: what goes in comes out, and what is damaged is refused in one line."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from psi_ecs import AssetError
from psi_ecs.codec import seal, unseal
from psi_ecs.systems.formats.track import (
    MAGIC,
    SPAN,
    SQUEEZED,
    Document,
    Squeezed,
    Track,
    decode,
    decode_any,
    encode,
    encode_squeezed,
    read_any,
)  # fmt: skip


def track(frames: int = 31, partials: int = 20) -> Track:
    rng = np.random.default_rng(0)
    tones = rng.normal(size=(frames, partials)) + 1j * rng.normal(size=(frames, partials))
    return Track(
        samples=(frames - 1) * SPAN - 7, start=0.25, sign=-1, pitch=rng.uniform(90.0, 200.0, frames),
        voiced=rng.random(frames) < 0.5, tones=tones / np.arange(1, partials + 1) / 10.0,
    )  # fmt: skip


def changed(**fields: Any) -> bytes:
    """A file in which something is not as it should be, with right checksums."""
    document = unseal(MAGIC, "a track", encode(track()), Document)
    return seal(MAGIC, msgspec.structs.replace(document, **fields))


def test_round_trip(tmp_path: Path) -> None:
    first = track()
    (tmp_path / "a.track").write_bytes(encode(first))
    again = read_any(tmp_path / "a.track")
    assert isinstance(again, Track)
    assert (again.samples, again.start, again.sign) == (first.samples, first.start, first.sign)
    assert (again.voiced == first.voiced).all()
    np.testing.assert_allclose(again.pitch, first.pitch, rtol=1e-7)
    np.testing.assert_allclose(again.tones, first.tones, rtol=0.0, atol=np.abs(first.tones).max() * 2.0**-11)
    assert encode(again) == encode(first) == (tmp_path / "a.track").read_bytes()


@pytest.mark.parametrize(
    ("blob", "words"),
    [
        (b"", "are not a track"),
        (b"RIFF....WAVE", "are not a track"),
        (encode(track())[:-5], "damaged"),
        (encode(track())[:60], "damaged"),
        (encode(track()).replace(MAGIC, b"psi-track\x09", 1), "format 9"),
        (changed(rate=48_000), "48000 Hz"),
        (changed(samples=1), "1 samples do not fit 31 borders"),
        (changed(pitch=np.full(31, 9.0, np.float32)), "pitch leaves 30 to 1000 Hz"),
        (changed(pitch=np.full(30, 99.0, np.float32)), "cannot be"),
        (changed(pitch=np.full(31, np.nan, np.float32)), "no number"),
        (changed(tones=np.zeros((31, 20), np.float16)), "cannot be"),
        (changed(tones=np.full((31, 20, 2), np.inf, np.float16)), "no number"),
        (changed(tones=np.zeros((31, 500, 2), np.float16)), "500 partials"),
        (changed(sign=0), "sign cannot be"),
        (changed(start=float("nan")), "cannot be"),
    ],
)
def test_damaged_files_are_one_line(blob: bytes, words: str) -> None:
    with pytest.raises(AssetError) as caught:
        decode(blob, "a.track")
    text = str(caught.value)
    assert text.startswith("a.track: ") and words in text and "psi voice analyse" in text and "\n" not in text


def test_every_flipped_byte_is_noticed() -> None:
    blob = encode(track(12, 4))
    for at in range(0, len(blob), 7):
        with pytest.raises(AssetError):
            decode(blob[:at] + bytes([blob[at] ^ 0x40]) + blob[at + 1 :], "a.track")


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"none\.track: no such file.*psi voice analyse"):
        read_any(tmp_path / "none.track")


def test_squeezed_round_trip_and_overhead() -> None:
    squeezed = Squeezed(samples=48_000, body=bytes(range(200)))
    blob = encode_squeezed(squeezed)
    assert decode_any(blob, "a.track") == squeezed
    assert len(blob) - 200 < 60


@pytest.mark.parametrize(
    ("blob", "words"),
    [
        (encode_squeezed(Squeezed(samples=0, body=b"")), "0 samples cannot be"),
        (encode_squeezed(Squeezed(samples=10**9, body=b"")), "samples cannot be"),
        (encode_squeezed(Squeezed(samples=100, body=b"abc"))[:-1], "damaged"),
        (SQUEEZED[:-1] + b"\x07" + encode_squeezed(Squeezed(samples=100, body=b"abc"))[len(SQUEEZED) :], "format 7"),
        (seal(SQUEEZED, ["a", b""]), "damaged"),
    ],
)
def test_damaged_squeezed_files_are_one_line(blob: bytes, words: str) -> None:
    with pytest.raises(AssetError) as caught:
        decode_any(blob, "a.track")
    text = str(caught.value)
    assert text.startswith("a.track: ") and words in text and "--compact" in text and "\n" not in text
