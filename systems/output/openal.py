"""Sound out: OpenAL Soft, carried by a Python package, with each mouth a source in space."""

import ctypes
import importlib
import importlib.util
import sys
import types
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.components.score import RATE

BUFFERS = 5
"""Blocks of one tick that are queued: 83 ms, above the longest device period seen."""
_FLOAT_MONO = 0x10010  # AL_FORMAT_MONO_FLOAT32


class SoundError(PsiError):
    """No sound can be played, and why."""


def _library() -> Path | None:
    """The OpenAL Soft library inside an installed package, if there is one."""
    for package, pattern in (("pyalsoft", "libopenal*"), ("pyalsoft", "*OpenAL*"), ("cyal", "*openal*"), ("cyal", "*OpenAL*")):
        spec = importlib.util.find_spec(package)
        for place in (spec.submodule_search_locations or []) if spec else []:
            for folder in (Path(place), Path(place).parent / f"{package}.libs"):
                found = sorted(p for p in folder.rglob(pattern) if p.suffix in (".so", ".dll", ".dylib") or ".so." in p.name)
                if found:
                    return found[0]
    return None


def _openal() -> Any:
    """PyOpenAL, on the carried library if there is one. SoundError if neither is there."""
    if "openal" in sys.modules:
        return sys.modules["openal"]
    spec = importlib.util.find_spec("openal")
    if spec is None:
        raise SoundError("no sound: PyOpenAL is missing; install psi-ecs again")
    carried = _library()
    try:
        if carried is not None:
            # PyOpenAL looks for a system library when imported; its loader is given ours first
            package = types.ModuleType("openal")
            package.__path__ = list(spec.submodule_search_locations or [])
            sys.modules["openal"] = package
            loader = importlib.import_module("openal.library_loader")
            for name in ("soft_oal", "OpenAL32", "openal"):
                loader._loaded_libraries[name] = ctypes.CDLL(str(carried))
            del sys.modules["openal"]
        return importlib.import_module("openal")
    except Exception as why:  # PyOpenAL raises errors of its own that cannot be imported without it
        sys.modules.pop("openal", None)
        raise SoundError(f"no sound: OpenAL cannot be loaded ({why}); install libopenal1 or the package pyalsoft") from why


def device_name() -> tuple[str | None, str]:
    """(name of the default device, "") or (None, why there is none)."""
    try:
        player = Player(1)
    except SoundError as why:
        return None, str(why)
    name = player.name
    player.close()
    return name, ""


class Player:
    """Plays ticks of sound from mouths in space, and tells how much has really been heard."""

    def __init__(self, mouths: int) -> None:
        """Open the default device. SoundError in one line if there is none."""
        self._oal = _openal()
        self._al, self._alc = self._oal.al, self._oal.alc
        try:
            self._device = self._alc.alcOpenDevice(None)
            if not self._device:
                raise SoundError("no sound: there is no audio device; the scene is played silently")
            self._context = self._alc.alcCreateContext(self._device, None)
            self._alc.alcMakeContextCurrent(self._context)
        except SoundError:
            raise
        except Exception as why:  # ALCError, which only exists once the library is loaded
            raise SoundError("no sound: there is no audio device; the scene is played silently") from why
        raw = self._alc.alcGetString(self._device, self._alc.ALC_DEVICE_SPECIFIER)
        self.name = raw.decode() if isinstance(raw, bytes) else str(raw)
        self._sources = (ctypes.c_uint * mouths)()
        self._al.alGenSources(mouths, self._sources)
        self._buffers = [(ctypes.c_uint * BUFFERS)() for _ in range(mouths)]
        self._free: list[list[int]] = []
        for row in self._buffers:
            self._al.alGenBuffers(BUFFERS, row)
            self._free.append(list(row))
        self._heard = 0
        self.underruns = 0

    def place(self, mouth: int, position: tuple[float, float, float]) -> None:
        """Where a mouth is, metres; the listener sits a metre in front of the origin."""
        x, y, z = position
        self._al.alSource3f(self._sources[mouth], self._al.AL_POSITION, x, y, z - 1.0)

    def room(self) -> bool:
        """True while another tick can be queued; what has been played is taken back first."""
        self._reclaim()
        return all(self._free)

    def _reclaim(self) -> None:
        done = ctypes.c_int()
        for i, source in enumerate(self._sources):
            self._al.alGetSourcei(source, self._al.AL_BUFFERS_PROCESSED, done)
            for _ in range(done.value):
                one = ctypes.c_uint()
                self._al.alSourceUnqueueBuffers(source, 1, one)
                self._free[i].append(one.value)
                if i == 0:
                    self._heard += 400

    def play(self, sounds: NDArray[np.float32]) -> None:
        """Queue one tick f32[mouths, 400]; a source that ran dry starts again."""
        state = ctypes.c_int()
        for i, source in enumerate(self._sources):
            block = np.ascontiguousarray(sounds[i], np.float32)
            buffer = self._free[i].pop()
            self._al.alBufferData(buffer, _FLOAT_MONO, block.ctypes.data_as(ctypes.c_void_p), block.nbytes, RATE)
            self._al.alSourceQueueBuffers(source, 1, ctypes.c_uint(buffer))
            self._al.alGetSourcei(source, self._al.AL_SOURCE_STATE, state)
            if state.value != self._al.AL_PLAYING and (state.value == self._al.AL_STOPPED or len(self._free[i]) <= 1):
                self.underruns += state.value == self._al.AL_STOPPED
                self._al.alSourcePlay(source)

    @property
    def heard(self) -> int:
        """Samples played so far: the clock that the picture follows."""
        offset, state = ctypes.c_int(), ctypes.c_int()
        self._al.alGetSourcei(self._sources[0], self._al.AL_SAMPLE_OFFSET, offset)
        self._al.alGetSourcei(self._sources[0], self._al.AL_SOURCE_STATE, state)
        return self._heard + (offset.value if state.value == self._al.AL_PLAYING else 0)

    def close(self) -> None:
        """Let the device go."""
        self._al.alDeleteSources(len(self._sources), self._sources)
        for row in self._buffers:
            self._al.alDeleteBuffers(BUFFERS, row)
        self._alc.alcMakeContextCurrent(None)
        self._alc.alcDestroyContext(self._context)
        self._alc.alcCloseDevice(self._device)


class Silent:
    """Stands in for a device: nothing is heard, time passes all the same."""

    name = "silence"
    underruns = 0

    def __init__(self) -> None:
        """The clock starts with the first tick."""
        self._began: float | None = None
        self._queued = 0

    def place(self, mouth: int, position: tuple[float, float, float]) -> None:
        """Nothing to place."""

    def room(self) -> bool:
        """Whether the next tick is due."""
        return self._queued - self.heard < BUFFERS * 400

    def play(self, sounds: NDArray[np.float32]) -> None:
        """Count a tick."""
        if self._began is None:
            self._began = monotonic()
        self._queued += 400

    @property
    def heard(self) -> int:
        """Samples that would have been played."""
        return 0 if self._began is None else min(self._queued, int((monotonic() - self._began) * RATE))

    def close(self) -> None:
        """Nothing to close."""


def wait() -> None:
    """Give the device a moment."""
    sleep(0.003)
