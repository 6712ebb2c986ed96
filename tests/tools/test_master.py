"""What goes into files is as loud as asked for, at the rate asked for, and otherwise the same sound."""

import contextlib
import wave
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona
from psi_ecs.components.scene import Line, Scene, SceneAvatar
from psi_ecs.components.score import RATE
from psi_ecs.systems.formats.media import resampled
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.host import Host
from psi_ecs.systems.kernels.loudness import gain, loudness, true_peak
from psi_ecs.tools.cli import psi
from psi_ecs.tools.master import Master, calibrated
from psi_ecs.tools.take import Plan, render

TEXT = "Good morning to you. [whisper] Guess what I saw. [/] [shout] A boat! [/]"


def said(tmp: Path, name: str, *more: str) -> tuple[NDArray[np.float64], int]:
    done = CliRunner().invoke(psi, ["say", TEXT, "-o", str(tmp / f"{name}.wav"), *more], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    with wave.open(str(tmp / f"{name}.wav")) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767.0, file.getframerate()


def test_a_file_is_as_loud_as_asked_and_otherwise_the_same(tmp_path: Path) -> None:
    plain, _ = said(tmp_path, "plain", "--lufs", "none")
    for name, more, goal in (("usual", [], -23.0), ("soft", ["--lufs=-30"], -30.0)):
        sound, rate = said(tmp_path, name, *more)
        assert rate == RATE and loudness(sound, rate) == pytest.approx(goal, abs=0.05)
        factor = float(sound @ plain / (plain @ plain))
        assert np.abs(sound - factor * plain).max() <= (1.0 + factor) * 0.51 / 32767.0, "one gain over the whole file"
    assert (said(tmp_path, "zero", "--lufs", "0")[0] == plain).all()


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_a_file_has_the_rate_asked_for(rate: int, tmp_path: Path) -> None:
    sound, found = said(tmp_path, "a", "--rate", str(rate))
    plain, _ = said(tmp_path, "b", "--lufs", "none")
    assert found == rate and len(sound) == -(-len(plain) * rate // RATE)
    assert loudness(sound, rate) == pytest.approx(-23.0, abs=0.05)


def test_peaks_keep_below_full_scale(tmp_path: Path) -> None:
    sound, rate = said(tmp_path, "loud", "--lufs=-5")
    assert -1.1 < 20.0 * np.log10(true_peak(sound, rate)) < -0.99 and loudness(sound, rate) < -5.0


def test_a_tone_survives_resampling() -> None:
    t = np.arange(RATE) / RATE
    for rate in (16_000, 22_050, 44_100, 48_000):
        made = resampled(np.sin(2.0 * np.pi * 3000.0 * t), rate)
        error = made - np.sin(2.0 * np.pi * 3000.0 * np.arange(rate) / rate)
        assert len(made) == rate and np.sqrt(np.mean(error[rate // 4 : -rate // 4] ** 2)) < 1e-4
    assert len(resampled(np.zeros(0), 48_000)) == 0


def test_a_scene_is_written_at_its_rate_and_loudness_and_the_face_stays(tmp_path: Path) -> None:
    scene = Scene(seed=3, avatar=[SceneAvatar(name="mira")], line=[Line(who="mira", text="Pass my vest.")], tail=0.1)
    for name, master in (("a", Master()), ("b", Master(-23.0, 22_050))):
        render(scene, Path(), Plan(tmp_path / name, ("wav", "csv"), master=master), lambda _: None)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    with wave.open(str(tmp_path / "a.wav")) as a, wave.open(str(tmp_path / "b.wav")) as b:
        assert b.getframerate() == 22_050 and b.getnframes() == -(-a.getnframes() * 22_050 // RATE)


@pytest.mark.parametrize("rate", [RATE, 48_000])
def test_ffmpeg_reads_the_same(rate: int, tmp_path: Path) -> None:
    """Its meter of EBU R 128 is a program of its own: loudness within 0.03 LU, true peak within 0.1 dB."""
    av = pytest.importorskip("av")
    sound, _ = said(tmp_path, "a", "--lufs=-12", "--rate", str(rate))
    with av.open(str(tmp_path / "a.wav")) as file:
        graph = av.filter.Graph()
        chain = [graph.add_abuffer(template=file.streams.audio[0]), graph.add("ebur128", "metadata=1:peak=true")]
        chain.append(graph.add("abuffersink"))
        graph.link_nodes(*chain).configure()
        for frame in (*file.decode(audio=0), None):
            chain[0].push(frame)
        found = dict[str, str]()
        with contextlib.suppress(av.error.BlockingIOError, av.error.EOFError):
            while True:
                found |= chain[-1].pull().metadata
    assert float(found["lavfi.r128.I"]) == pytest.approx(loudness(sound, rate), abs=0.03)
    assert float(found["lavfi.r128.true_peak"]) == pytest.approx(true_peak(sound, rate), rel=0.012)


@pytest.mark.parametrize("name", ["mira", "otis"])
def test_what_is_played_live_comes_near(name: str) -> None:
    """Another text than the one that was measured, within 2 LU."""
    persona: Persona = load_persona(name)
    host = Host()
    host.say(host.avatar(persona), "Every evening we walked along the river, and nobody said a word about the weather.")
    sound = []
    while not host.idle:
        sound.append(host.step().audio)
    audio = np.concatenate(sound) * calibrated(persona, -23.0)
    assert loudness(audio, RATE) == pytest.approx(-23.0, abs=2.0) and abs(gain(audio, RATE, -23.0)) < 2.0
    assert calibrated(persona, None) == 1.0


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--lufs", "loud", "'loud' is no loudness; write LUFS such as -23, or none"),
        ("--lufs", "3", "3 LUFS is out of reach; write -70 to -5, or none"),
        ("--lufs", "nan", "nan LUFS is out of reach"),
        ("--rate", "96000", "'96000' is not one of"),
    ],
)
def test_bad_options(option: str, value: str, message: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(psi, ["say", "Hi.", "-o", str(tmp_path / "x.wav"), option, value])
    assert done.exit_code == 2 and message in done.output
