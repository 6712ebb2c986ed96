"""WAV files: what is written is what is read."""

import io
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from psi_ecs.systems.formats.safe import OutputError
from psi_ecs.systems.formats.wav import WavWriter, header, pcm, write_wav


def read(data: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24000, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767.0


@given(arrays(np.float32, st.integers(0, 200), elements=st.floats(-2, 2, width=32)))
def test_samples_come_back_clipped_and_rounded(audio: np.ndarray) -> None:
    back = read(header(len(audio)) + pcm(audio))
    np.testing.assert_allclose(back, np.clip(audio, -32768 / 32767, 1), atol=0.51 / 32767)


def test_a_growing_file_is_the_whole_file(tmp_path: Path) -> None:
    audio = np.sin(np.arange(3000) * 0.1).astype(np.float32)
    out = WavWriter(tmp_path / "a.wav")
    for part in np.split(audio, (400, 400, 1777)):
        out.write(part)
    assert not (tmp_path / "a.wav").exists()
    out.close()
    write_wav(tmp_path / "b.wav", audio)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.wav", "b.wav"]


def test_an_abandoned_file_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"old")
    out = WavWriter(tmp_path / "a.wav")
    out.write(np.zeros(4000, np.float32))
    out.abandon()
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.wav", b"old")]


def test_no_file_where_none_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file/a\.wav: cannot be written: "):
        WavWriter(tmp_path / "file" / "a.wav")
