"""Sound files: what is read, what is said of it, and what is refused in one line."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.systems.formats import media
from psi_ecs.systems.formats.media import read_sound
from psi_ecs.systems.formats.wav import write_wav

av = pytest.importorskip("av")
F32 = NDArray[np.float32]


def tone(seconds: float = 0.5, rate: int = 24_000, level: float = 0.5) -> F32:
    return (level * np.sin(2.0 * np.pi * 440.0 * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def write(path: Path, channels: list[F32], rate: int, codec: str = "pcm_s16le", kind: str = "s16p") -> Path:
    with av.open(str(path), "w") as file:
        layout = "stereo" if len(channels) == 2 else "mono"
        stream: Any = file.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(np.stack(channels), format="fltp", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    return path


def test_a_wav_comes_back_exactly(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", tone())
    sound = read_sound(tmp_path / "a.wav")
    assert sound.notes == () and len(sound.audio) == 12_000
    np.testing.assert_allclose(sound.audio, tone(), atol=5e-5)


def test_flac_is_read(tmp_path: Path) -> None:
    sound = read_sound(write(tmp_path / "a.flac", [tone()], 24_000, "flac"))
    assert sound.notes == ()
    np.testing.assert_allclose(sound.audio, tone(), atol=5e-5)


def test_two_channels_are_averaged_and_another_rate_is_resampled(tmp_path: Path) -> None:
    both = [tone(rate=48_000), np.zeros(24_000, np.float32)]
    sound = read_sound(write(tmp_path / "a.wav", both, 48_000))
    assert sound.notes == ("2 channels were averaged", "resampled from 48000 to 24000 Hz")
    assert abs(len(sound.audio) - 12_000) < 100
    middle = sound.audio[2000:10_000]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert abs(spectrum.argmax() * 24_000 / len(middle) - 440.0) < 3.0
    assert 0.2 < np.abs(middle).max() < 0.4


def test_mp3_is_read(tmp_path: Path) -> None:
    sound = read_sound(write(tmp_path / "a.mp3", [tone()], 24_000, "libmp3lame"))
    assert abs(len(sound.audio) - 12_000) < 3000 and 0.4 < np.abs(sound.audio).max() < 0.6


def test_clipped_sound_is_noted(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", tone(level=1.5))
    (note,) = read_sound(tmp_path / "a.wav").notes
    assert "samples are clipped" in note and "lower level" in note


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"not a sound at all, only words", "holds no sound that can be read"),
        (b"RIFF\x24\x00\x00\x00WAVE", "holds no sound that can be read"),
        ("silent", "is silent"),
        ("short", "at least 0.05 s"),
    ],
)
def test_what_is_no_use_is_refused(content: bytes | str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        write_wav(path, tone() * 0.0 if content == "silent" else tone()[:100])
    with pytest.raises(AssetError) as caught:
        read_sound(path)
    assert str(caught.value).startswith(f"{path}: ") and words in str(caught.value) and "\n" not in str(caught.value)


def test_a_truncated_file_gives_what_is_there_or_one_line(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.flac", [tone(2.0)], 24_000, "flac").read_bytes()
    (tmp_path / "b.flac").write_bytes(whole[: len(whole) // 2])
    try:
        sound = read_sound(tmp_path / "b.flac")
    except AssetError as why:
        assert "\n" not in str(why) and "b.flac" in str(why)
    else:
        assert 0 < len(sound.audio) < 48_000


@pytest.mark.parametrize(("name", "words"), [("none.wav", "no such file"), (".", "is no file")])
def test_what_is_not_there(name: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=words):
        read_sound(tmp_path / name)


def test_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "LONGEST", 0.2)
    write_wav(tmp_path / "a.wav", tone())
    with pytest.raises(AssetError, match="cut it into pieces"):
        read_sound(tmp_path / "a.wav")
