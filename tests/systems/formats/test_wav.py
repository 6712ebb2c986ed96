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
from psi_ecs.systems.formats.wav import header, pcm, wav, write_wav


def read(data: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24000, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767.0


@given(arrays(np.float32, st.integers(0, 200), elements=st.floats(-2, 2, width=32)))
def test_samples_come_back_clipped_and_rounded(audio: np.ndarray) -> None:
    back = read(header(len(audio)) + pcm(audio))
    np.testing.assert_allclose(back, np.clip(audio, -32768 / 32767, 1), atol=0.51 / 32767)


def test_a_file_says_its_rate_and_appears_whole(tmp_path: Path) -> None:
    audio = np.sin(np.arange(3000) * 0.1).astype(np.float32)
    write_wav(tmp_path / "a.wav", audio, 48_000)
    assert [p.name for p in tmp_path.iterdir()] == ["a.wav"] and (tmp_path / "a.wav").read_bytes() == wav(audio, 48_000)
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getframerate(), file.getnframes()) == (48_000, 3000)


def test_no_file_where_none_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file/a\.wav: cannot be written: "):
        write_wav(tmp_path / "file" / "a.wav", np.zeros(10))
