"""Films, by PyAV: H.264 and AAC in an MP4, or, where the background is transparent, ProRes 4444 and AAC in a QuickTime file.

Encoding runs beside drawing.
"""

import contextlib
import queue
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.score import RATE
from psi_ecs.systems.formats import media
from psi_ecs.systems.formats.safe import OutputError, Part

BT709, LIMITED = 1, 1
"""How FFmpeg numbers the colours of ITU-R BT.709 and their range, 16 to 235."""
FILMS = ("mp4", "mov")
"""What a film's name may end with: only a `mov` carries transparency."""
FILE = {"movflags": "+faststart", "max_interleave_delta": "0"}
"""Pictures wait for their sound, however late it comes."""
X264 = {"preset": "veryfast", "crf": "19", "threads": "2", "x264-params": "me=dia:subme=1"}
"""A talking head moves little: the shorter search for motion takes a third less time and gives the same picture and size."""
PRORES = {"profile": "4444", "vendor": "apl0"}
DEPTH = 8
"""Frames that may wait for the encoder."""


def missing() -> str | None:
    """None if films can be made here, else one line that says what is missing and what to do."""
    why = media.missing()
    return why and f"no film: {why}"


def encoder() -> str:
    """What encodes films. OutputError in one line if it cannot."""
    av = media.library("no film")
    lacking = {"libx264", "aac"} - av.codecs_available
    if lacking:
        raise OutputError(f"no film: this build of av has no {' and '.join(sorted(lacking))}; install it with pip install av")
    return f"PyAV {av.__version__} with libx264 and aac"


class Film:
    """A film that grows frame by frame; it has its name only once it is whole. The name's end, of `FILMS`, says what it is."""

    def __init__(self, path: Path, size: tuple[int, int], fps: int, rate: int = RATE) -> None:
        """Begin a film of even `size` (width, height), sound at `rate` Hz. OutputError in one line if it cannot be made."""
        av = media.library("no film")
        if size[0] % 2 or size[1] % 2:
            raise OutputError(f"{path}: a film's width and height must be even, not {size[0]}x{size[1]}")
        kind = path.suffix.lstrip(".")
        self._clear = kind == "mov"
        self._av = av
        self._part = Part(path)
        try:
            self._file: Any = av.open(str(self._part.temporary), "w", format=kind, options=FILE)
        except (OSError, av.error.FFmpegError) as why:
            raise self._part.error(why) from why
        codec, options = ("prores_ks", PRORES) if self._clear else ("libx264", X264)
        self._video = self._file.add_stream(codec, rate=fps, options=options)
        self._points = "yuva444p10le" if self._clear else "yuv420p"
        self._video.width, self._video.height, self._video.pix_fmt = *size, self._points
        colours = self._video.codec_context
        colours.colorspace = colours.color_primaries = colours.color_trc = BT709
        colours.color_range = LIMITED
        self._beat, self._rate = Fraction(1, fps), rate
        self._sound = self._file.add_stream("aac", rate=rate, layout="mono")
        self._sound.bit_rate = 128_000
        self._frames = self._samples = 0
        self._failed: Exception | None = None
        self._queue: queue.Queue[tuple[str, NDArray[Any]] | None] = queue.Queue(DEPTH)
        self._worker = threading.Thread(target=self._encode, daemon=True)
        self._worker.start()

    def frame(self, picture: NDArray[np.uint8]) -> None:
        """Add a picture: u8[h, w, 3 or 4], or planes Y'CbCr 4:2:0 of BT.709 u8[h * 3 / 2, w]."""
        self._put(("picture", picture))

    def sound(self, audio: NDArray[np.float32]) -> None:
        """Add samples f32[n] at the film's rate."""
        self._put(("sound", np.asarray(audio, np.float32)))

    def _put(self, item: tuple[str, NDArray[Any]]) -> None:
        if self._failed is not None:
            why = self._failed
            self.abandon()
            raise self._error(why) from why
        self._queue.put(item)

    def _error(self, why: Exception) -> OutputError:
        return self._part.error(why)

    def _encode(self) -> None:
        """The worker: takes items to the end even after a failure, so that nobody waits for room in the queue for ever."""
        while (item := self._queue.get()) is not None:
            if self._failed is None:
                try:
                    self._one(*item)
                except (OSError, ValueError, self._av.error.FFmpegError) as why:
                    self._failed = why

    def _one(self, kind: str, data: NDArray[Any]) -> None:
        if kind == "picture":
            given = "yuv420p" if data.ndim == 2 else {3: "rgb24", 4: "rgba"}[data.shape[2]]
            picture = self._av.VideoFrame.from_ndarray(data, format=given)
            if given != self._points:
                picture = picture.reformat(format=self._points, dst_colorspace="ITU709")
            picture.colorspace, picture.color_range = BT709, LIMITED
            picture.pts, picture.time_base = self._frames, self._beat
            self._frames += 1
            packets = self._video.encode(picture)
        else:
            sound = self._av.AudioFrame.from_ndarray(data[None], format="fltp", layout="mono")
            sound.sample_rate, sound.pts, sound.time_base = self._rate, self._samples, Fraction(1, self._rate)
            self._samples += len(data)
            packets = self._sound.encode(sound)
        for packet in packets:
            self._file.mux(packet)

    def close(self) -> None:
        """Finish the film."""
        self._queue.put(None)
        self._worker.join()
        try:
            if self._failed is not None:
                raise self._failed
            for stream in (self._video, self._sound):
                for packet in stream.encode(None):
                    self._file.mux(packet)
            self._file.close()
        except (OSError, ValueError, self._av.error.FFmpegError) as why:
            self._part.remove()
            raise self._error(why) from why
        self._part.done()

    def abandon(self) -> None:
        """Stop and remove what was written."""
        self._failed = self._failed or OSError("abandoned")
        self._queue.put(None)
        self._worker.join()
        with contextlib.suppress(OSError, ValueError, self._av.error.FFmpegError):  # it is being thrown away
            self._file.close()
        self._part.remove()
