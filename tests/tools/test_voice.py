"""`psi voice`: recordings to tracks, tracks to sound, and how far apart the two are."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from psi_ecs import AssetError, PsiError
from psi_ecs.systems.formats.media import read_sound
from psi_ecs.systems.formats.track import Squeezed, Track, encode_squeezed
from psi_ecs.systems.formats.wav import write_wav
from psi_ecs.systems.kernels.harmonics import turns
from psi_ecs.tools.cli import psi
from psi_ecs.tools.voice import analyse as voice
from psi_ecs.tools.voice.compare import measure

pytest.importorskip("av")
F64 = NDArray[np.float64]
RATE = 24_000


@cache
def recording() -> F64:
    """Something like two syllables with a hiss between them, 1 s."""
    hertz = 140.0 * 2.0 ** (0.3 * np.sin(np.arange(241) / 30.0))
    theta = turns(hertz, 100, float(RATE))[:-1]
    k = np.arange(1, 50)
    gain = (1.0 + 5.0 * np.exp(-(((k * 140.0 - 650.0) / 200.0) ** 2))) / k
    sound = np.cos(2.0 * np.pi * np.outer(theta, k) + 0.2 * k**1.5) @ gain * 0.03
    rng = np.random.default_rng(0)
    sound[:1500] = sound[-1500:] = 0.0
    sound[11_000:13_500] = 0.03 * rng.normal(size=2500)
    return sound + 2e-4 * rng.normal(size=RATE)


@cache
def track() -> Track:
    return voice.analyse(recording())


def decibels(x: F64, y: F64) -> float:
    return float(10.0 * np.log10((x**2).sum() / ((x - y) ** 2).sum()))


def test_replay_is_almost_the_recording() -> None:
    again = voice.replay(track())
    assert len(again) == RATE and again.dtype == np.float32
    assert decibels(recording(), again) > 20.0


def test_analysis_is_deterministic() -> None:
    first, second = track(), voice.analyse(recording())
    assert (first.tones == second.tones).all() and (first.pitch == second.pitch).all()


def test_compact_tracks_keep_to_their_bytes_and_sound_alike() -> None:
    squeezed = voice.compact(track())
    size = len(encode_squeezed(squeezed))
    assert 8 * size <= voice.COMPACT * 1.005
    again = voice.expand(squeezed, "a.track")
    assert again.tones.shape[0] == len(again.pitch) == len(again.voiced) == 241
    found = measure(recording(), voice.replay(again).astype(np.float64))
    assert found.snr > 10.0 and found.spectrum < 6.0 and found.envelope > 0.97


def test_compact_bytes_that_cannot_be_are_one_line() -> None:
    with pytest.raises(AssetError, match=r"^a\.track: .*psi voice analyse --compact$"):
        voice.expand(Squeezed(samples=2_000_000, body=b"\x07" * 200), "a.track")


def test_measures_of_the_same_and_of_a_late_and_louder_copy() -> None:
    same = measure(recording(), recording())
    assert same.delay == 0 and same.snr > 100.0 and same.spectrum == same.pitch == same.voicing == 0.0
    late = measure(recording(), np.pad(2.0 * recording(), (37, 0)))
    assert late.delay == 37 and abs(late.snr - 0.0) < 0.1 and late.envelope > 0.999
    assert 3.0 < late.spectrum <= 6.1
    noise = measure(recording(), np.random.default_rng(0).normal(size=RATE) * 0.03)
    assert noise.voicing > 0.3 and noise.envelope < 0.5


def test_too_little_in_common() -> None:
    with pytest.raises(PsiError, match="at least"):
        measure(recording(), recording()[:500])


def test_the_copy_through_the_frame_code_has_the_same_envelope() -> None:
    found = measure(recording(), voice.copy(track()).astype(np.float64))
    assert found.delay == 0 and found.envelope > 0.95 and found.spectrum < 8.0
    assert (voice.copy(track()) == voice.copy(track())).all()


@pytest.mark.parametrize("more", [[], ["--compact"]])
def test_the_commands(more: list[str], tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", recording())
    run = lambda *words: CliRunner().invoke(psi, ["voice", *map(str, words)], catch_exceptions=False)  # noqa: E731
    done = run("analyse", tmp_path / "a.wav", "-o", tmp_path / "out", *more)
    assert done.exit_code == 0 and "a.track: 1.00 s, voice" in done.stdout and "kbit/s" in done.stdout
    assert (tmp_path / "out/a.png").read_bytes()[:4] == b"\x89PNG"
    assert run("replay", tmp_path / "out/a.track", "-o", tmp_path / "b.wav").exit_code == 0
    assert len(read_sound(tmp_path / "b.wav").audio) == RATE
    assert run("replay", tmp_path / "out/a.track", "-o", tmp_path / "c.wav", "--code").exit_code == 0
    assert len(read_sound(tmp_path / "c.wav").audio) == RATE
    done = run("compare", tmp_path / "a.wav", tmp_path / "b.wav", "-o", tmp_path / "d.png")
    assert done.exit_code == 0 and "log-spectral distance" in done.stdout
    assert (tmp_path / "d.png").read_bytes()[:4] == b"\x89PNG"


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(psi, ["voice", "analyse", "x/a.wav", "y/a.flac", "-o", str(tmp_path)])
    assert done.exit_code == 2 and "folders of their own" in done.output


def test_a_bad_file_among_good_ones_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "b.wav").write_bytes(b"no sound")
    with pytest.raises(AssetError, match=r"b\.wav: holds no sound"):
        CliRunner().invoke(
            psi, ["voice", "analyse", str(tmp_path / "b.wav"), "-o", str(tmp_path / "out")], catch_exceptions=False
        )
