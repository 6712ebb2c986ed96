"""Films: what was drawn and said comes back out, in step, and nothing is left of a film that failed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from psi_ecs.systems.formats.safe import OutputError
from psi_ecs.systems.output.film import Film

av = pytest.importorskip("av")
SIZE = (64, 48)


def shoot(path: Path, fps: int = 30, ticks: int = 60, flash: int = 30) -> None:
    """A second in which a click and a white frame fall on tick `flash`."""
    film = Film(path, SIZE, fps)
    shown = 0
    for tick in range(ticks):
        sound = np.zeros(400, np.float32)
        sound[0] = 0.9 if tick == flash else 0.0
        film.sound(sound)
        while shown < (tick + 1) * fps // 60:
            white = shown == flash * fps // 60
            film.frame(np.full((SIZE[1], SIZE[0], 3), 255 * white, np.uint8))
            shown += 1
    film.close()


def decode(path: Path) -> tuple[list[tuple[float, float]], Any, list[float]]:
    with av.open(str(path)) as file:
        pictures = [(float(f.time), float(f.to_ndarray(format="gray").mean())) for f in file.decode(video=0)]
    with av.open(str(path)) as file:
        frames = list(file.decode(audio=0))
        sound = np.concatenate([f.to_ndarray()[0] for f in frames])
        return pictures, sound, [float(frames[0].time), frames[0].sample_rate]


@pytest.mark.parametrize("fps", [24, 30, 60])
def test_pictures_and_sound_stay_together(tmp_path: Path, fps: int) -> None:
    shoot(tmp_path / "x.mp4", fps)
    pictures, sound, (begin, rate) = decode(tmp_path / "x.mp4")
    assert len(pictures) == fps and rate == 24000
    bright = next(t for t, level in pictures if level > 128)
    click = begin + int(np.abs(sound).argmax()) / rate
    assert bright == pytest.approx(0.5, abs=1.0 / fps) and abs(bright - click) < 1.0 / fps
    assert sum(level > 128 for _, level in pictures) == 1


def test_a_film_sounds_at_the_rate_asked_for(tmp_path: Path) -> None:
    film = Film(tmp_path / "x.mp4", SIZE, 30, 48_000)
    t = np.arange(48_000) / 48_000
    film.sound((0.3 * np.sin(2.0 * np.pi * 1000.0 * t)).astype(np.float32))
    for _ in range(30):
        film.frame(np.zeros((SIZE[1], SIZE[0], 3), np.uint8))
    film.close()
    _, sound, (_, rate) = decode(tmp_path / "x.mp4")
    assert rate == 48_000 and abs(len(sound) / 48_000 - 1.0) < 0.05
    assert np.abs(np.fft.rfft(sound[8000:32_000])).argmax() * 48_000 / 24_000 == 1000.0


def test_the_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    film = Film(tmp_path / "x.mp4", SIZE, 30)
    film.frame(np.zeros((SIZE[1], SIZE[0], 3), np.uint8))
    assert not (tmp_path / "x.mp4").exists()
    film.abandon()
    assert list(tmp_path.iterdir()) == []


def test_a_failing_encoder_is_one_clear_line_and_never_blocks(tmp_path: Path) -> None:
    film = Film(tmp_path / "x.mp4", SIZE, 30)
    with pytest.raises(OutputError) as caught:
        for _ in range(100):
            film.sound(np.full(400, np.nan, np.float32))
    assert "x.mp4" in str(caught.value) and "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [(63, 48), (64, 47)])
def test_odd_sizes_are_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    with pytest.raises(OutputError, match="even"):
        Film(tmp_path / "x.mp4", size, 30)


def test_a_mov_carries_transparency_and_colours(tmp_path: Path) -> None:
    """A red square on nothing comes back as one."""
    picture = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
    picture[10:30, 20:40] = (220, 30, 20, 255)
    film = Film(tmp_path / "x.mov", SIZE, 30)
    for _ in range(3):
        film.frame(picture)
    film.sound(np.zeros(2400, np.float32))
    film.close()
    with av.open(str(tmp_path / "x.mov")) as file:
        frame = next(file.decode(video=0))
        assert frame.format.name == "yuva444p10le" or frame.format.name.startswith("yuva444p")
        back = frame.reformat(format="rgba", src_colorspace="ITU709").to_ndarray().astype(int)
    assert np.abs(back[12:28, 22:38] - (220, 30, 20, 255)).max() < 12
    assert back[:5, :, 3].max() < 4


def test_planes_keep_their_colours(tmp_path: Path) -> None:
    """Planes of BT.709 and pixels make the same film, which says that it is BT.709."""
    y, cb, cr = 16 + 219 * 0.2126, 128 - 224 * 0.2126 / 1.8556, 128 + 224 * 0.5  # red
    planes = np.concatenate([np.full(SIZE[0] * SIZE[1], y), np.full(768, cb), np.full(768, cr)]).round().astype(np.uint8)
    red = np.zeros((SIZE[1], SIZE[0], 3), np.uint8) + np.array([255, 0, 0], np.uint8)
    for name, picture in (("a", planes.reshape(-1, SIZE[0])), ("b", red)):
        film = Film(tmp_path / f"{name}.mp4", SIZE, 30)
        film.frame(picture)
        film.sound(np.zeros(800, np.float32))
        film.close()
        with av.open(str(tmp_path / f"{name}.mp4")) as file:
            frame = next(file.decode(video=0))
            assert frame.colorspace == 1
            back = frame.to_ndarray(format="yuv420p").astype(float)
        assert abs(back[: SIZE[1]].mean() - y) < 2 and abs(back[SIZE[1] :].mean() - 0.5 * (cb + cr)) < 2
