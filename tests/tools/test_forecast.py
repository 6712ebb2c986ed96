"""Forecasts are measured on what was not fitted, beside forecasts that know nothing."""

import wave
from pathlib import Path

import numpy as np
import pytest

from psi_ecs import PsiError
from psi_ecs.tools import forecast


def write(path: Path, x: "np.ndarray[tuple[int], np.dtype[np.float64]]", rate: int = 16_000) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(x, -1.0, 1.0) * 32767).astype("<i2").tobytes())


def hum(seconds: float, seed: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Noise whose loudness swings at 4 and 6.5 Hz, as syllables do, from random phases."""
    rng = np.random.default_rng(seed)
    t, (a, b) = np.arange(round(seconds * 16_000)) / 16_000, rng.random(2)
    swing = 1.5 * np.sin(2 * np.pi * (4.0 * t + a)) + np.sin(2 * np.pi * (6.5 * t + b))
    return np.asarray(0.02 * np.exp(swing) * rng.normal(size=len(t)))


def test_swinging_bands_are_foretold_better_than_by_those_who_know_nothing(tmp_path: Path) -> None:
    for k in range(4):
        write(tmp_path / f"{k}.wav", hum(3.0, k))
    tracks = forecast.files(tmp_path)
    figures = forecast.speech(tracks[:3], tracks[3:])
    assert figures["fitted files"] == 3 and figures["tested files"] == 1
    assert figures["dB: koopman"] < 0.6 * figures["dB: persistence"]
    assert figures["dB: koopman"] < 0.3 * figures["dB: linear"]
    assert figures["dB: online"] < figures["dB: persistence"]


def test_flac_is_read_as_wav_is(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    x = hum(1.0, 5)
    write(tmp_path / "a.wav", x)
    samples = (np.clip(x, -1.0, 1.0) * 32767).astype("<i2")
    with av.open(str(tmp_path / "a.flac"), "w") as file:
        stream = file.add_stream("flac", rate=16_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate = 16_000
        for packet in (*stream.encode(frame), *stream.encode(None)):
            file.mux(packet)
    (plain, rate), (packed, same) = forecast.read(tmp_path / "a.wav"), forecast.read(tmp_path / "a.flac")
    assert rate == same == 16_000
    np.testing.assert_allclose(packed, plain, atol=1e-7)
    assert len(forecast.files(tmp_path)) == 2
    (tmp_path / "b.flac").write_bytes(b"fLaC, or not")
    with pytest.raises(PsiError, match=r"b\.flac: holds no sound"):
        forecast.read(tmp_path / "b.flac")


def test_groups_by_trust_tell_what_was_expected_and_found() -> None:
    believed = [np.array([[t], [2.0 * np.sqrt(1.0 - t)]]) for t in np.linspace(0.0, 1.0, 10).tolist()]
    rows = forecast.reliability(believed, 2)
    assert list(rows) == ["trust 0.2222, error 0.8819 expected", "trust 0.7778, error 0.4714 expected"]
    np.testing.assert_allclose(list(rows.values()), [2.0 * 0.8819, 2.0 * 0.4714], atol=1e-3)


def test_what_is_forecast_is_50_ms_later() -> None:
    """On a sequence that is linear in time, the line is exact, persistence is five steps behind, and two delays suffice."""
    track = np.outer(np.arange(200.0), np.linspace(0.5, 1.0, forecast.BANDS))
    last, line = forecast.plain(track)
    assert forecast.error([line], [track]) < 1e-9
    assert forecast.error([last], [track]) == pytest.approx(5.0 * np.sqrt((track[1] ** 2).mean()))
    modes = forecast.fitted([track], 2, 1)
    assert forecast.error([forecast.foretold(modes, track, 2)], [track]) < 1e-2


def test_nothing_of_a_tested_file_is_seen(tmp_path: Path) -> None:
    """The tail of a tested file does not change what was forecast before it."""
    for k in range(3):
        write(tmp_path / f"{k}.wav", hum(2.0, k))
    tracks = forecast.files(tmp_path)
    scale = forecast.lift.scale(np.concatenate(tracks[:2]))
    other = np.concatenate((tracks[2][:120], tracks[1][:60]))
    first, second = (
        forecast.streamed(t, forecast.Forecast(scale, forecast.HOP, delays=2, memory=500.0)) for t in (tracks[2], other)
    )
    rows = 120 - forecast.AHEAD - max(forecast.DELAYS)
    np.testing.assert_array_equal(first[:rows], second[:rows])


def test_our_own_state_is_foretold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for k in range(2):
        write(tmp_path / f"{k}.wav", hum(2.0, k))
    forecast.run([tmp_path], tmp_path / "out.json")
    said = capsys.readouterr().out
    assert "psi: closed form" in said and "dB: koopman" in said and (tmp_path / "out.json").stat().st_size > 100
    figures = forecast.field(0.05, "The birch canoe slid on the smooth planks.")
    for what, most in (("psi", 0.2), ("face", 0.5)):
        known = min(figures[f"{what}: persistence"], figures[f"{what}: linear"])
        assert figures[f"{what}: closed form"] < most * known
    assert figures["psi: online"] < figures["psi: persistence"]


@pytest.mark.parametrize(("content", "remedy"), [(b"", "16-bit"), (b"RIFF\0\0\0\0", "16-bit"), (None, "folder of recordings")])
def test_what_is_no_recording_is_told(tmp_path: Path, content: bytes | None, remedy: str) -> None:
    if content is not None:
        (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(PsiError, match=remedy):
        forecast.run([tmp_path])


def test_one_recording_cannot_be_fitted_and_tested(tmp_path: Path) -> None:
    write(tmp_path / "a.wav", hum(1.0, 1))
    with pytest.raises(PsiError, match="at least two"):
        forecast.run([tmp_path])
