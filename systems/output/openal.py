"""Sound out: OpenAL Soft, carried by a Python package or the system's, with each mouth a source in space."""

import contextlib
import ctypes
import ctypes.util
import importlib
import importlib.util
import os
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.components.score import RATE

BLOCK = 400
"""Samples of a tick."""
DEPTH = 6
"""Ticks queued at first: 100 ms, above the longest device period seen (47 ms)."""
DEEPEST = 24
"""Ticks queued at most: every gap in the sound doubles the depth up to here."""
NAMES = ("soft_oal", "OpenAL32", "openal")
"""What PyOpenAL calls the library."""
_FLOAT_MONO = 0x10010  # AL_FORMAT_MONO_FLOAT32
_OFFSET_LATENCY = 0x1200  # AL_SAMPLE_OFFSET_LATENCY_SOFT: 32.32 fixed-point samples, and nanoseconds until they are heard
_CONNECTED = 0x313  # ALC_CONNECTED
_VERSION = 0xB002  # AL_VERSION
SILENTLY = "the scene is played silently"


class SoundError(PsiError):
    """No sound can be played, and why."""


def library() -> Path | str | None:
    """The OpenAL library: the file inside an installed package, else the name of the system's, else None."""
    for package, pattern in (("pyalsoft", "libopenal*"), ("pyalsoft", "*OpenAL*"), ("cyal", "*openal*"), ("cyal", "*OpenAL*")):
        spec = importlib.util.find_spec(package)
        for place in (spec.submodule_search_locations or []) if spec else []:
            for folder in (Path(place), Path(place).parent / f"{package}.libs"):
                found = sorted(p for p in folder.rglob(pattern) if p.suffix in (".so", ".dll", ".dylib") or ".so." in p.name)
                if found:
                    return found[0]
    return next((file for name in NAMES if (file := ctypes.util.find_library(name))), None)


def _openal() -> Any:
    """PyOpenAL on the library that was found. SoundError if either is missing."""
    if "openal" in sys.modules:
        return sys.modules["openal"]
    spec = importlib.util.find_spec("openal")
    if spec is None:
        raise SoundError(f"no sound: PyOpenAL is missing (pip install --pre PyOpenAL); {SILENTLY}")
    found = library()
    if found is None:
        remedy = "pip install cyal" if sys.version_info < (3, 12) else "pip install pyalsoft"
        raise SoundError(f"no sound: the OpenAL library is missing ({remedy}, or apt-get install libopenal1); {SILENTLY}")
    os.environ.setdefault("ALSOFT_LOGLEVEL", "0")
    try:
        # PyOpenAL looks for a system library when it is imported; its loader is given ours first
        package = types.ModuleType("openal")
        package.__path__ = list(spec.submodule_search_locations or [])
        sys.modules["openal"] = package
        loader = importlib.import_module("openal.library_loader")
        for name in NAMES:
            loader._loaded_libraries[name] = ctypes.CDLL(str(found))
        del sys.modules["openal"]
        return importlib.import_module("openal")
    except (ImportError, OSError, AttributeError) as why:
        sys.modules.pop("openal", None)
        raise SoundError(f"no sound: {found} cannot be loaded ({why}); install libopenal1; {SILENTLY}") from why


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what ALSA and JACK write on standard error, past every handler, from the user."""
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, ValueError, AttributeError):  # there is no standard error
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def device_name() -> tuple[str | None, str]:
    """(name of the default device, OpenAL's version and where it is from), or (None, why there is no sound)."""
    found = library()
    origin = found.parent.name if isinstance(found, Path) else "the system"
    try:
        player = Player(1)
    except SoundError as why:
        text = str(why).removesuffix(f"; {SILENTLY}")
        return None, f"{text}; connect or start one (the OpenAL library, from {origin}, is there)" if "device" in text else text
    name, version = player.name, player.version
    player.close()
    return name, f"OpenAL {version} from {origin}"


class Player:
    """Plays ticks of sound from mouths in space, and tells how much of it has been heard."""

    def __init__(self, mouths: int) -> None:
        """Open the default device. SoundError in one line if there is none."""
        oal = _openal()
        self._al, self._alc = oal.al, oal.alc
        self._device, self._context = self._open()
        self.name = _text(self._alc.alcGetString(self._device, self._alc.ALC_DEVICE_SPECIFIER))
        self.version = _text(self._al.alGetString(_VERSION))
        self._clock = getattr(self._al.lib, "alGetSourcei64vSOFT", None)
        self._sources = (ctypes.c_uint * mouths)()
        self._al.alGenSources(mouths, self._sources)
        self._buffers = [(ctypes.c_uint * DEEPEST)() for _ in range(mouths)]
        self._free: list[list[int]] = []
        for row in self._buffers:
            self._al.alGenBuffers(DEEPEST, row)
            self._free.append(list(row))
        self._taken = self._queued = self._latest = 0  # samples taken back, queued, and heard when last asked
        self._playing = False
        self.depth = DEPTH
        self.underruns = 0

    def _open(self) -> tuple[Any, Any]:
        """Device and context."""
        try:
            with quiet():
                device = self._alc.alcOpenDevice(None)
                if not device:
                    raise SoundError(f"no sound: there is no audio device; {SILENTLY}")
                context = self._alc.alcCreateContext(device, None)
                self._alc.alcMakeContextCurrent(context)
        except self._alc.ALCError as why:
            raise SoundError(f"no sound: there is no audio device; {SILENTLY}") from why
        return device, context

    def listen(self, position: tuple[float, float, float]) -> None:
        """Where the listener is, metres, looking toward -z."""
        self._al.alListener3f(self._al.AL_POSITION, *position)

    def place(self, mouth: int, position: tuple[float, float, float]) -> None:
        """Where a mouth is, metres."""
        self._al.alSource3f(self._sources[mouth], self._al.AL_POSITION, *position)

    def room(self) -> bool:
        """True while another tick can be queued; what has been played is taken back first."""
        for i, source in enumerate(self._sources):
            self._take(i, self._get(source, self._al.AL_BUFFERS_PROCESSED))
        return all(DEEPEST - len(free) < self.depth for free in self._free)

    def _take(self, mouth: int, count: int) -> None:
        """Take played buffers back."""
        for _ in range(count):
            one = ctypes.c_uint()
            self._al.alSourceUnqueueBuffers(self._sources[mouth], 1, one)
            self._free[mouth].append(one.value)
            self._taken += BLOCK if mouth == 0 else 0

    def play(self, sounds: NDArray[np.float32]) -> None:
        """Queue one tick f32[mouths, 400]. SoundError if the device has gone."""
        for i, source in enumerate(self._sources):
            block = np.ascontiguousarray(sounds[i], np.float32)
            buffer = self._free[i].pop()
            self._al.alBufferData(buffer, _FLOAT_MONO, block.ctypes.data_as(ctypes.c_void_p), block.nbytes, RATE)
            self._al.alSourceQueueBuffers(source, 1, ctypes.c_uint(buffer))
        self._queued += BLOCK
        if self._playing and any(self._get(s, self._al.AL_SOURCE_STATE) == self._al.AL_STOPPED for s in self._sources):
            self._gap()
        if self._queued - self._taken >= (self.depth - 1) * BLOCK:
            self._start()

    def _gap(self) -> None:
        """The queue ran dry before the tick just queued: fill it again, deeper than before, and then sound on.

        A stopped source counts everything as played, also what was queued since; rewound, it keeps that one tick.
        """
        if self._alc.alcIsExtensionPresent(self._device, b"ALC_EXT_disconnect"):
            there = ctypes.c_int(1)
            self._alc.alcGetIntegerv(self._device, _CONNECTED, 1, there)
            if not there.value:
                raise SoundError("the sound device has gone; connect it and play again")
        for i, source in enumerate(self._sources):
            self._take(i, DEEPEST - len(self._free[i]) - 1)
            self._al.alSourceRewind(source)
        self.underruns += 1
        self.depth = min(2 * self.depth, DEEPEST)
        self._playing = False

    def finish(self) -> None:
        """Nothing more comes: play what is queued, however little."""
        if self._queued > self._taken:
            self._start()

    def _start(self) -> None:
        if not self._playing:
            self._al.alSourcePlayv(len(self._sources), self._sources)
            self._playing = True

    def _get(self, source: int, what: int) -> int:
        value = ctypes.c_int()
        self._al.alGetSourcei(source, what, value)
        return value.value

    @property
    def heard(self) -> int:
        """Samples that have left the loudspeaker: the clock that the picture follows. It never goes back."""
        offset = self._offset()
        state = self._get(self._sources[0], self._al.AL_SOURCE_STATE)
        if state == self._al.AL_PLAYING:
            self._latest = max(self._latest, min(self._taken + offset, self._queued))
        elif state == self._al.AL_STOPPED:
            self._latest = self._queued
        return self._latest

    def _offset(self) -> int:
        """Samples into the queue that are heard now; the device's latency is taken off where it is told."""
        if self._clock is not None:
            pair = (ctypes.c_int64 * 2)()
            self._clock(ctypes.c_uint(self._sources[0]), ctypes.c_int(_OFFSET_LATENCY), pair)
            return (pair[0] >> 32) - pair[1] * RATE // 1_000_000_000
        return self._get(self._sources[0], self._al.AL_SAMPLE_OFFSET)

    def close(self) -> None:
        """Let the device go."""
        for source in self._sources:
            self._al.alSourceStop(source)
        self._al.alDeleteSources(len(self._sources), self._sources)
        for row in self._buffers:
            self._al.alDeleteBuffers(DEEPEST, row)
        self._alc.alcMakeContextCurrent(None)
        self._alc.alcDestroyContext(self._context)
        self._alc.alcCloseDevice(self._device)


def _text(raw: Any) -> str:
    return raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw)


class Silent:
    """Stands in for a device: nothing is heard, time passes all the same."""

    name = "silence"
    underruns = 0

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """The clock (seconds) counts from the first tick."""
        self._now = clock
        self._began = 0.0
        self._queued = self._base = 0

    def listen(self, position: tuple[float, float, float]) -> None:
        """Nobody listens."""

    def place(self, mouth: int, position: tuple[float, float, float]) -> None:
        """Nothing to place."""

    def room(self) -> bool:
        """Whether the next tick is due."""
        return self._queued - self.heard < DEPTH * BLOCK

    def play(self, sounds: NDArray[np.float32]) -> None:
        """Count a tick; time that passed with nothing to play is no time of the scene."""
        if self.heard >= self._queued:
            self._began, self._base = self._now(), self._queued
        self._queued += BLOCK

    def finish(self) -> None:
        """Nothing waits to be played."""

    @property
    def heard(self) -> int:
        """Samples that would have been heard."""
        return min(self._queued, self._base + round((self._now() - self._began) * RATE))

    def close(self) -> None:
        """Nothing to close."""


def wait() -> None:
    """Give the device a moment."""
    sleep(0.003)
