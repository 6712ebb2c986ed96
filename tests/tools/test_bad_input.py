"""Bad input through the real command: one clear line on stderr with place and remedy, exit code not 0, nothing lost.

Most run in this process through the entry point; what needs a process of its own (missing libraries, a full disk, an
interrupt) has one.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Psi = Callable[..., tuple[int, str, str]]
SCENE = 'seed = 1\n[[avatar]]\nname = "mira"\n[[line]]\nwho = "mira"\ntext = "Good morning to you."\n'
ENTRY = "from psi_ecs.tools.cli import main; main()"


def refused(result: tuple[int, str, str], *words: str) -> None:
    code, out, err = result
    assert code != 0 and out == "", (code, out)
    assert err.count("\n") == 1 and err.endswith("\n") and err.startswith("error: ") and "Traceback" not in err, err
    assert err.rstrip("\n").isprintable() and len(err) < 500
    for word in words:
        assert word in err, err


def process(folder: Path, *arguments: str, before: str = "") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", before + "\n" + ENTRY, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def told(done: "subprocess.CompletedProcess[str]") -> tuple[int, str, str]:
    return done.returncode, done.stdout, done.stderr


SCENES = [
    ("[[line]\n" + SCENE, ":1: not valid TOML", "mend"),
    (SCENE + "pase = 1\n", ":7: unknown key 'pase' in line 1; did you mean 'pause'?", ""),
    (SCENE + '[[line]]\nwho = "mora"\ntext = "x"\n', ":8: line 2: no avatar is called 'mora'; did you mean 'mira'?", ""),
    (SCENE.replace('name = "mira"', 'name = "mora"'), ":3: no persona 'mora'; did you mean 'mira'?", ""),
    (SCENE.replace('name = "mira"', 'name = "mira"\npersona = "no.toml"'), ":4: ", "no such file or directory; check the path"),
    (SCENE + "pause = nan\n", ":7: pause of line 1 is nan; give a finite number", ""),
    (SCENE + "at = inf\n", ":7: at of line 1 is inf; give a finite number", ""),
    (SCENE + "at = -2.5\n", ":7: at of line 1 is -2.5; it must be at least 0", ""),
    (SCENE.replace("seed = 1", "seed = -1"), ":1: seed is -1; it must be at least 0", ""),
    (SCENE.replace("Good morning to you.", ""), ":6: line 1: the text is empty; write at least one word", ""),
    (SCENE.replace("Good morning to you.", "word " * 20_000), ":6: line 1: the text has 100000 characters; ", "so split it"),
    (
        SCENE.replace("Good morning to you.", "你好，世界"),
        ":6: line 1: nothing in the text can be spoken",
        "write at least one",
    ),
    (SCENE.replace("Good morning to you.", "مرحبا بالعالم"), ":6: line 1: nothing in the text can be spoken", "Arabic"),
    (SCENE.replace("Good morning to you.", "😀🎉"), ":6: line 1: nothing in the text can be spoken", "write at least one"),
    (SCENE.replace("Good morning to you.", "\\u0001\\u0002\\u001b"), ":6: line 1: nothing in the text", "control character"),
    (SCENE.replace("Good morning to you.", "a\x07b"), ":6: not valid TOML: Illegal character", "mend"),
    (SCENE.replace('"Good morning to you."', "'<speak>Good <b'"), ":6: line 1: SSML line 1, column", "close every tag"),
    (SCENE + 'emotion = "hapy"\n', ":7: line 1: no emotion is called 'hapy'; use one of joy", ""),
    (SCENE + '[[cue]]\nwho = "mira"\nkind = "nod"\nline = 5\n', ":10: cue 1: there is no line 5", "numbered from 1 to 1"),
    (SCENE + '[[cue]]\nwho = "mira"\nkind = "recall"\nname = "livly"\n', ":10: cue 1: no pattern", "did you mean 'lively'?"),
    (SCENE.replace('name = "mira"', 'name = "mira"\npattern = "no.toml"'), ":4: no.toml: no such file", "check the path"),
]


@pytest.mark.parametrize(("text", "place", "remedy"), SCENES, ids=[str(i) for i in range(len(SCENES))])
@pytest.mark.parametrize("command", ["render", "run"])
def test_scenes(command: str, text: str, place: str, remedy: str, psi: Psi) -> None:
    Path("s.toml").write_text(text, encoding="utf-8")
    refused(psi(command, "s.toml"), "s.toml" + place, remedy)
    assert os.listdir() == ["s.toml"]


def test_scene_files_that_are_none(psi: Psi) -> None:
    Path("b.toml").write_bytes(b"\xff\xfe\x00")
    Path("d.toml").mkdir()
    refused(psi("render", "b.toml"), "b.toml: not UTF-8 text (byte 0); save it as UTF-8")
    refused(psi("render", "d.toml"), "d.toml: there is no such scene; ")
    refused(psi("render", "helo"), "helo: there is no such scene; did you mean 'hello'?")
    refused(psi("render", "a\x1b[31m\nb"), "there is no such scene")


def test_personas_and_heads(psi: Psi) -> None:
    def persona(text: str) -> tuple[int, str, str]:
        Path("ada.toml").write_text('name = "Ada"\n' + text)
        return psi("say", "Hi.", "-o", "x.wav", "--persona", "ada.toml")

    refused(persona('head = "xyz"\n'), "ada.toml:2: head is 'xyz', and there is no such head; there are mira")
    refused(persona('head = "no.glb"\n'), "no.glb: no such file or directory; check the path of the head")
    refused(persona('[voice]\nasset = "velvet"\n'), "persona 'Ada': no voice named 'velvet'; there are formant")
    refused(persona("[voice]\npitch = -200\n"), "ada.toml:3: voice.pitch is -200; it must lie in 50 to 500")
    for data, message in ((b"", "not a GLB file"), (b"glTF" + bytes(40), "glTF version 0"), (b"\x00" * 99, "not a GLB file")):
        Path("bad.glb").write_bytes(data)
        refused(persona('head = "bad.glb"\n'), "bad.glb: ", message)
    assert not Path("x.wav").exists()


def test_a_damaged_copy_of_a_head_that_comes_along(psi: Psi) -> None:
    from psi_ecs.asset import package_folder

    data = bytearray((package_folder("assets") / "heads" / "mira.glb").read_bytes())
    Path("ada.toml").write_text('name = "Ada"\nhead = "cut.glb"\n')
    for broken in (data[: len(data) // 2], data[:4000] + b"\xff" * 50 + data[4050:]):
        Path("cut.glb").write_bytes(broken)
        refused(psi("say", "Hi.", "-o", "x.wav", "--persona", "ada.toml"), "cut.glb: ")


TEXTS = [
    "",
    "  \n",
    "word " * 20_000,
    "你好，世界",
    "مرحبا",
    "😀🎉🪯",
    "\x00\x01\x1b",
    "...!?",
    "<speak>x",
    "[joy][/]",
    "a\udcffb",
]


@pytest.mark.parametrize("text", TEXTS, ids=[str(i) for i in range(len(TEXTS))])
def test_texts(text: str, psi: Psi) -> None:
    Path("x.wav").write_bytes(b"old")
    refused(psi("say", text, "-o", "x.wav"), "the text: ")
    assert os.listdir() == ["x.wav"] and Path("x.wav").read_bytes() == b"old"


@pytest.mark.parametrize(
    "text",
    [
        "I ❤️ it👍🏽!", "Go to https://example.org/a?b=c#d, or mail a.b@example.org.", "naïve café — “quoted” … 50 % off\tnow",
        "Zero\u200bwidth, n\u0303o, ﬁne, ＡＢＣ", "Hello 世界, good morning.", "a\x07b \ufffd c", "x" * 300, "HELLO!!! ???",
        "١٢٣ and 4",
    ],
)  # fmt: skip
def test_odd_but_valid_texts_are_spoken(text: str, psi: Psi) -> None:
    code, out, err = psi("say", text, "-o", "x.wav")
    assert (code, out) == (0, "x.wav\n") and "Traceback" not in err and Path("x.wav").stat().st_size > 5000


def test_ten_thousand_characters_are_begun_at_once(psi: Psi) -> None:
    """As a scene, cut after a second: the rest need not be made to know that it is taken."""
    Path("s.toml").write_text(SCENE.replace("Good morning to you.", "Seven blue boats sail on the wide sea. " * 256))
    assert psi("render", "s.toml", "--format", "wav", "--to", "1") == (0, "out/s.wav\n", "")
    assert Path("out/s.wav").stat().st_size == 44 + 48_000


OPTIONS = [
    (["--size", "100"], "'--size': '100' is no size; write WIDTHxHEIGHT"), (["--size", "101x100"], "must be even"),
    (["--size", "99999x99999"], "between 64 and 4096"), (["--size", "-64x64"], "is no size"),
    (["--size", "٣٣٣x64"], "is no size"),
    (["--fps", "0"], "'--fps'"), (["--fps", "nan"], "'--fps'"), (["--from", "nan"], "nan is no moment of a scene"),
    (["--from", "-1"], "-1 is no moment"), (["--from", "x"], "'x' is no number of seconds"), (["--to", "0"], "seconds above 0"),
    (["--to", "inf"], "inf is no moment"), (["--from", "3", "--to", "2"], "2 is not after --from 3"),
    (["--format", "mp5"], "'mp5' is no format; use mp4"), (["--seed", "-1"], "'--seed'"), (["--seed", "1e3"], "'--seed'"),
    (["--from", "3000", "--format", "wav", "--to", "3001"], "over before --from; choose an earlier moment"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), OPTIONS, ids=["=".join(a[:2]) for a, _ in OPTIONS])
def test_options(arguments: list[str], message: str, psi: Psi) -> None:
    Path("s.toml").write_text(SCENE.replace("Good morning to you.", "Hi."))
    refused(psi("render", "s.toml", *arguments), message)
    assert not list(Path().rglob("*.part")) and not list(Path().rglob("*.wav"))


def test_a_batch_with_a_malformed_line(psi: Psi) -> None:
    Path("b.tsv").write_text("a\tHi.\nb Hi.\n")
    refused(psi("say", "--batch", "b.tsv", "-o", "out"), "b.tsv:2: no tab; write id<TAB>text")
    refused(psi("say", "--batch", "none.tsv", "-o", "out"), "none.tsv: no such file or directory; check the path")
    assert os.listdir() == ["b.tsv"]


def test_outputs_that_cannot_be(psi: Psi) -> None:
    Path("file").touch()
    Path("folder.wav").mkdir()
    refused(psi("say", "Hi.", "-o", "file/x.wav"), "file/x.wav: cannot be written: ", "; choose another path")
    refused(psi("say", "Hi.", "-o", "folder.wav"), "folder.wav: is a folder; give the name of a file")
    refused(psi("schema", "-o", "folder.wav"), "is a folder")
    refused(psi("new", "scene", "x", "-o", "file/x.toml"), "file/x.toml")
    refused(psi("render", "hello", "--format", "wav", "-o", "n" * 300 + ".wav"), "name too long; choose a shorter name")
    if Path("/dev/full").is_char_device():
        refused(psi("say", "Hi.", "-o", "/dev/full"), "/dev/full: is a device; give the name of a file")
        assert Path("/dev/full").is_char_device()


def test_a_folder_one_may_not_write_to(psi: Psi) -> None:
    folder = Path("locked")
    folder.mkdir()
    (folder / "x.wav").write_bytes(b"old")
    folder.chmod(0o555)
    if os.access(folder, os.W_OK):  # root may write everywhere, but not there
        folder = Path("/sys")
        if os.access(folder / "kernel", os.R_OK) is False:
            pytest.skip("no folder here that cannot be written to")
    refused(psi("say", "Hi.", "-o", str(folder / "x.wav")), "x.wav: cannot be written: ", "choose a folder you may write to")
    assert Path("locked/x.wav").read_bytes() == b"old" and os.listdir("locked") == ["x.wav"]


LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX")
@pytest.mark.parametrize("formats", [["wav"], ["mp4", "wav", "csv"], ["json"]], ids="+".join)
def test_no_room_left(formats: list[str], tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk: writes fail in the middle, as they do there."""
    (tmp_path / "s.toml").write_text(SCENE)
    for format in formats:
        (tmp_path / f"s.{format}").write_bytes(b"old")
    arguments = [a for f in formats for a in ("--format", f)]
    room = LIMIT.format(6000)
    done = process(tmp_path, "render", "s.toml", "-o", "s.mp4", "--size", "64x64", "--fps", "15", *arguments, before=room)
    if "no picture" in done.stderr:
        pytest.skip(done.stderr)
    refused(told(done), "cannot be written: file too large; the disk or a limit allows no larger file")
    assert sorted(os.listdir(tmp_path)) == sorted(["s.toml", *(f"s.{f}" for f in formats)])
    assert all((tmp_path / f"s.{f}").read_bytes() == b"old" for f in formats)


HIDE = """
import ctypes, importlib.util, sys
from importlib.abc import MetaPathFinder
hidden, find, load = {0!r}, importlib.util.find_spec, ctypes.CDLL
class Hide(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hide())
importlib.util.find_spec = lambda name, package=None: None if name.partition(".")[0] in hidden else find(name, package)
def cdll(name, *args, **kwargs):
    if any(h in str(name) for h in hidden):
        raise OSError(str(name) + ": cannot open shared object file")
    return load(name, *args, **kwargs)
ctypes.CDLL = cdll
"""


@pytest.mark.parametrize(
    ("hidden", "message"),
    [
        ("av", "no film: the package av is missing; install it with pip install av"),
        ("pyglet", "no picture: pyglet is missing; install psi-ecs again"),
        ("libEGL.so.1", "no picture: libEGL.so.1 is missing; install Mesa's EGL (Debian/Ubuntu: apt-get install libegl1"),
    ],
)
def test_without_a_library_the_rest_is_made_and_the_exit_code_says_so(hidden: str, message: str, tmp_path: Path) -> None:
    if hidden.startswith("lib") and not sys.platform.startswith("linux"):
        pytest.skip("drawn in another way here")
    (tmp_path / "s.toml").write_text(SCENE)
    done = process(tmp_path, "render", "s.toml", "-o", "s.mp4", "--to", "0.2", "--size", "64x64", before=HIDE.format([hidden]))
    assert done.returncode == 1 and done.stderr.startswith(message) and done.stderr.count("\n") == 1, done.stderr
    assert done.stdout.split() == ["s.wav", "s.vtt", "s.srt", "s.json", "s.csv"]
    assert sorted(os.listdir(tmp_path)) == ["s.csv", "s.json", "s.srt", "s.toml", "s.vtt", "s.wav"]
    done = process(tmp_path, "render", "s.toml", "-o", "t.mp4", "--format", "mp4", before=HIDE.format([hidden]))
    refused(told(done), message)


def test_without_openal_a_scene_is_played_silently(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SCENE)
    hide = HIDE.format(["openal", "cyal", "pyalsoft"])
    done = process(tmp_path, "run", "s.toml", "--no-window", "--to", "0.1", before=hide)
    assert done.returncode == 0 and done.stdout == "played 0.1 s\n"
    assert done.stderr.startswith("no sound: PyOpenAL is missing (pip install ") and done.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX")
@pytest.mark.parametrize("way", ["SIGINT", "SIGTERM"])
def test_an_interrupted_render_leaves_nothing_unfinished(way: str, tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SCENE.replace("Good morning to you.", "Seven blue boats sail on the wide sea. " * 9))
    (tmp_path / "s.wav").write_bytes(b"old")
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "  # what runs in the background ignores it
    command = [sys.executable, "-c", heed + ENTRY, "render", "s.toml", "-o", "s.mp4", "--size", "64x64", "--fps", "15"]
    running = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        part = tmp_path / ".s.mp4.part"
        while running.poll() is None and not part.exists():
            time.sleep(0.02)
        if running.poll() == 1:
            pytest.skip(running.communicate()[1])  # no film can be made here
        assert running.poll() is None, running.communicate()
        running.send_signal(getattr(signal, way))
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()
    assert (running.returncode, out, err) == (130, "", "interrupted; nothing unfinished was kept\n")
    assert sorted(os.listdir(tmp_path)) == ["s.toml", "s.wav"] and (tmp_path / "s.wav").read_bytes() == b"old"
