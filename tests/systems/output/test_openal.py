"""Sound out, on a made-up device whose time passes when the test says so, and once on OpenAL's own null device."""

import ctypes
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psi_ecs.systems.output import openal
from psi_ecs.systems.output.openal import DEEPEST, DEPTH, Player, Silent, SoundError

INITIAL, PLAYING, STOPPED = 0x1011, 0x1012, 0x1014


class Source:
    """A queue of buffers, as OpenAL 1.1 has them."""

    def __init__(self) -> None:
        self.state, self.queue, self.played, self.offset = INITIAL, list[int](), 0, 0


class Device:
    """A stand-in for PyOpenAL: buffers are played sample by sample into `sound`, one list a source, when time passes."""

    AL_BUFFERS_PROCESSED, AL_SOURCE_STATE, AL_SAMPLE_OFFSET, AL_POSITION = 1, 2, 3, 4
    AL_PLAYING, AL_STOPPED, ALC_DEVICE_SPECIFIER = PLAYING, STOPPED, 5

    class ALCError(Exception):
        """As PyOpenAL's."""

    def __init__(self, latency: int | None = None, there: bool = True) -> None:
        self.sources, self.data, self.made = dict[int, Source](), dict[int, np.ndarray](), 0
        self.sound = dict[int, list[float]]()
        self.latency, self.there, self.connected, self.closed = latency, there, True, False
        self.lib = SimpleNamespace() if latency is None else SimpleNamespace(alGetSourcei64vSOFT=self.clock)
        self.al = self.alc = self

    def advance(self, samples: int) -> None:
        for name, source in self.sources.items():
            for _ in range(samples):
                if source.state != PLAYING:
                    break
                self.sound[name].append(float(self.data[source.queue[source.played]][source.offset]))
                source.offset += 1
                if source.offset == 400:
                    source.offset, source.played = 0, source.played + 1
                    if source.played == len(source.queue):
                        source.state = STOPPED

    def clock(self, source: Any, what: Any, pair: Any) -> None:
        s = self.sources[source.value]
        now = (s.played * 400 + s.offset) if s.state == PLAYING else 0
        pair[0], pair[1] = now << 32, (self.latency or 0) * 1_000_000_000 // 24_000

    def alGetSourcei(self, name: int, what: int, out: Any) -> None:
        s = self.sources[name]
        queued = len(s.queue) if s.state == STOPPED else s.played
        out.value = {1: 0 if s.state == INITIAL else queued, 2: s.state, 3: s.played * 400 + s.offset}[what]

    def alSourceUnqueueBuffers(self, name: int, count: int, out: Any) -> None:
        s = self.sources[name]
        assert count == 1 and (s.state == STOPPED or s.played)
        out.value = s.queue.pop(0)
        s.played = max(s.played - 1, 0)

    def alSourceQueueBuffers(self, name: int, count: int, buffer: Any) -> None:
        self.sources[name].queue.append(buffer.value)

    def alSourcePlayv(self, count: int, names: Any) -> None:
        for name in names:
            s = self.sources[name]
            if s.state != PLAYING:
                s.state, s.played, s.offset = PLAYING if s.queue else STOPPED, 0, 0

    def alSourceRewind(self, name: int) -> None:
        s = self.sources[name]
        s.state, s.played, s.offset = INITIAL, 0, 0

    def alSourceStop(self, name: int) -> None:
        self.sources[name].state = STOPPED

    def alBufferData(self, name: int, format: int, data: Any, size: int, rate: int) -> None:
        assert (format, size, rate) == (0x10010, 1600, 24_000)
        self.data[name] = np.array(ctypes.cast(data, ctypes.POINTER(ctypes.c_float))[:400])

    def alGenSources(self, count: int, out: Any) -> None:
        self._names(count, out)
        for name in out:
            self.sources[name], self.sound[name] = Source(), []

    def _names(self, count: int, out: Any) -> None:
        for i in range(count):
            self.made += 1
            out[i] = self.made

    alGenBuffers = _names

    def alcOpenDevice(self, _: Any) -> int:
        if not self.there:
            raise self.ALCError("ALC_OUT_OF_MEMORY")
        return 1

    def alcCreateContext(self, *_: Any) -> int:
        return 2

    def alcGetString(self, *_: Any) -> bytes:
        return b"made up"

    alGetString = alcGetString

    def alcIsExtensionPresent(self, *_: Any) -> bool:
        return True

    def alcGetIntegerv(self, device: int, what: int, size: int, out: Any) -> None:
        out.value = int(self.connected)

    def alcCloseDevice(self, _: Any) -> None:
        self.closed = True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("al"):
            return lambda *_: None
        raise AttributeError(name)


def opened(monkeypatch: pytest.MonkeyPatch, device: Device, mouths: int = 1) -> Player:
    monkeypatch.setattr(openal, "_openal", lambda: device)
    return Player(mouths)


def ticks(count: int, mouths: int = 1) -> np.ndarray:
    """Sound f32[count, mouths, 400] in which every sample differs from every other."""
    return (np.arange(1, 1 + count * 400, dtype=np.float32).reshape(count, 1, 400) * [[[1.0]], [[-1.0]]][mouths - 1]).repeat(
        mouths, 1
    )


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=30), st.integers(1, 2), st.sampled_from([None, 0, 500]))
def test_every_sample_is_heard_once_in_order_whatever_the_stalls(stalls: list[int], mouths: int, latency: int | None) -> None:
    """Random lapses of time between ticks: the sound is that of all ticks, and no mouth runs ahead of another."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        device = Device(latency)
        player = opened(monkeypatch, device, mouths)
        sound = ticks(len(stalls), mouths)
        heard = 0
        for tick, stall in zip(sound, stalls, strict=True):
            while not player.room():
                device.advance(100)
            device.advance(stall // 2)
            player.play(tick)
            device.advance(stall - stall // 2)
            assert heard <= player.heard <= len(sound) * 400
            heard = player.heard
        player.finish()
        for _ in range(200):
            device.advance(100)
            player.room()
        assert player.heard == len(sound) * 400
        for i, played in enumerate(device.sound.values()):
            assert played == sound[:, i].ravel().tolist()


def test_the_clock_follows_the_device_less_its_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    device = Device(latency=300)
    player = opened(monkeypatch, device)
    for tick in ticks(DEPTH):
        assert player.room()
        player.play(tick)
    assert not player.room() and player.heard == 0
    for _ in range(9):
        device.advance(100)
        player.room()
    assert player.heard == 600


def test_it_begins_once_the_queue_is_nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    device = Device()
    player = opened(monkeypatch, device)
    for i, tick in enumerate(ticks(DEPTH)):
        assert (device.sources[1].state == PLAYING) == (i >= DEPTH - 1)
        player.play(tick)


def test_a_gap_deepens_the_queue_and_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    device = Device()
    player = opened(monkeypatch, device)
    for expected in (2 * DEPTH, DEEPEST, DEEPEST):
        while player.room():
            player.play(ticks(1)[0])
        device.advance(400 * 100)  # everything was played, and then nothing for long
        assert player.room() and player.underruns < 4
        player.play(ticks(1)[0])
        assert player.depth == expected
        assert device.sources[1].state == INITIAL, "it goes on only once the queue is filled again"
    assert player.underruns == 3


def test_a_short_sound_is_played_too(monkeypatch: pytest.MonkeyPatch) -> None:
    device = Device()
    player = opened(monkeypatch, device)
    player.play(ticks(1)[0])
    device.advance(1000)
    assert player.heard == 0
    player.finish()
    device.advance(1000)
    assert player.heard == 400 and player.underruns == 0


def test_a_device_that_goes_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    device = Device()
    player = opened(monkeypatch, device)
    for tick in ticks(DEPTH):
        player.play(tick)
    device.connected = False
    device.advance(10_000)
    player.room()
    with pytest.raises(SoundError, match="the sound device has gone; connect it and play again"):
        player.play(ticks(1)[0])
    player.close()
    assert device.closed


def test_no_device_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SoundError, match="no sound: there is no audio device; the scene is played silently"):
        opened(monkeypatch, Device(there=False))


def test_no_library_is_one_line_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "openal", raising=False)
    monkeypatch.setattr(openal, "library", lambda: None)
    with pytest.raises(SoundError, match=r"library is missing \(pip install \w+, or apt-get install libopenal1\)"):
        Player(1)
    monkeypatch.setattr(openal, "library", lambda: "/no/such/libopenal.so")
    with pytest.raises(SoundError, match=r"libopenal.so cannot be loaded"):
        Player(1)


def test_silence_takes_the_time_that_sound_would() -> None:
    now = [10.0]
    silent = Silent(lambda: now[0])
    block = np.zeros((1, 400), np.float32)
    assert silent.heard == 0
    while silent.room():
        silent.play(block)
    now[0] += 0.05
    assert silent.heard == 1200 and silent.room()
    now[0] += 5.0
    assert silent.heard == DEPTH * 400, "it has not more to play than it was given"
    silent.play(block)
    assert silent.heard == DEPTH * 400, "time with nothing to play is no time of the scene"
    now[0] += 0.01
    assert silent.heard == DEPTH * 400 + 240


def test_libraries_do_not_write_past_us(capfd: pytest.CaptureFixture[str]) -> None:
    libc = ctypes.CDLL(None) if sys.platform != "win32" else ctypes.cdll.msvcrt
    with openal.quiet():
        libc.perror(b"ALSA lib pcm.c")
    sys.stderr.write("ours\n")
    assert capfd.readouterr().err == "ours\n"


def test_the_real_library_on_its_null_device() -> None:
    """Opens, plays and closes in a process of its own, and says where the library is from."""
    if openal.library() is None:
        pytest.skip("no OpenAL library here")
    script = """
import numpy as np
from psi_ecs.systems.output.openal import Player, device_name, wait
player = Player(2)
player.listen((0.0, 0.0, 1.0))
player.place(1, (0.2, 0.0, 0.0))
for i in range(12):
    while not player.room():
        wait()
    player.play(np.full((2, 400), 0.1, np.float32))
player.finish()
while player.heard < 4800:
    player.room()
    wait()
heard = player.heard
player.close()
print(heard, *device_name(), sep="|")
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "ALSOFT_DRIVERS": "null"},
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    heard, name, text = done.stdout.strip().split("|")
    assert heard == "4800" and name and text.startswith("OpenAL ") and " from " in text
