"""`psi voice`."""

import json
from pathlib import Path
from typing import Any

import click

from .options import HELP, terminal, watch

FILE = click.Path(path_type=Path)


@click.group("voice", context_settings=HELP, no_args_is_help=False)
def command() -> None:
    """Make voices: from recordings, by other settings, and for other machines.

    \b
    psi voice analyse speech.flac -o out/          out/speech.track and a picture of it
    psi voice analyse speech.flac -o out/ --compact    the same in 24 kbit/s
    psi voice replay out/speech.track -o again.wav
    psi voice compare speech.flac again.wav -o difference.png
    psi voice check recordings/                    what recordings are worth
    psi voice align recordings/                    where each phone lies in them
    psi voice train recordings/ -o work/ --name anna   learn a voice: work/anna.voice
    psi voice shape mira --pitch 150 --tract 0.9 -o ada.toml    a persona with another voice, and ada.wav
    psi voice export mira                      what a voice says about itself
    psi voice export mira -o mira.zip          persona and voice in one file, for psi say --persona mira.zip
    """


@command.command("analyse")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("-o", "--out", type=FILE, required=True, help="Folder for NAME.track and NAME.png.")
@click.option("--compact", is_flag=True, help="Write tracks of about 24 kbit/s.")
@click.option("--plot/--no-plot", default=True, help="Draw spectrogram, pitch, partials, noise and what is left.")
def analyse(files: tuple[Path, ...], out: Path, compact: bool, plot: bool) -> None:
    """Find the oscillators of recordings: WAV, FLAC, MP3 and what else PyAV reads, up to two minutes each."""
    from psi_ecs.systems.formats.media import read_sound
    from psi_ecs.systems.formats.safe import OutputError, write_file
    from psi_ecs.systems.formats.track import encode, encode_squeezed
    from psi_ecs.tools.plotting import figure
    from psi_ecs.tools.voice import analyse as voice
    from psi_ecs.tools.voice.plot import picture

    if out.exists() and not out.is_dir():
        raise OutputError(f"{out}: is a file; give a folder")
    names = [path.stem for path in files]
    if twice := {name for name in names if names.count(name) > 1}:
        raise click.UsageError(f"two files are called {min(twice)}; analyse them into folders of their own")
    if plot:
        figure(1.0, 1.0, "")  # if that cannot be, it is said before anything is analysed
    lines = []
    with click.progressbar(files, label="analysing", file=terminal()) as bar:
        for path in bar:
            sound = read_sound(path)
            track = voice.analyse(sound.audio)
            if compact:
                squeezed = voice.compact(track)
                blob, track = encode_squeezed(squeezed), voice.expand(squeezed, path.stem)
            else:
                blob = encode(track)
            write_file(out / f"{path.stem}.track", blob)
            if plot:
                write_file(out / f"{path.stem}.png", picture(track, sound.audio, path.stem))
            lines.append("; ".join((voice.summary(track, sound.audio, len(blob)), *sound.notes)))
    for path, line in zip(files, lines, strict=True):
        click.echo(f"{out / path.stem}.track: {line}")


@command.command("replay")
@click.argument("track", type=FILE)
@click.option("-o", "--out", type=FILE, required=True, help="WAV to write.")
@click.option("--code", is_flag=True, help="Through the frame code, as a voice that is predicted would sound at best.")
def replay(track: Path, out: Path, code: bool) -> None:
    """Play a TRACK, compact or not, by the bank of oscillators into a WAV file."""
    from psi_ecs.systems.formats.wav import write_wav
    from psi_ecs.tools.voice import analyse as voice

    write_wav(out, (voice.copy if code else voice.replay)(voice.load(track)))
    click.echo(out)


@command.command("compare")
@click.argument("recording", type=FILE)
@click.argument("copy", type=FILE)
@click.option("-o", "--out", type=FILE, help="PNG to draw the difference into.")
def compare(recording: Path, copy: Path, out: Path | None) -> None:
    """Measure how far COPY is from RECORDING: spectrum, pitch, envelope."""
    from psi_ecs.systems.formats.media import read_sound
    from psi_ecs.systems.formats.safe import write_file
    from psi_ecs.tools.voice.compare import measure

    first, second = read_sound(recording), read_sound(copy)
    for path, sound in ((recording, first), (copy, second)):
        for note in sound.notes:
            click.echo(f"{path}: {note}", err=True)
    found = measure(first.audio, second.audio)
    for line in found.lines():
        click.echo(line)
    if out is not None:
        from psi_ecs.tools.voice.plot import difference

        write_file(out, difference(first.audio, second.audio, found, f"{recording.name} and {copy.name}"))
        click.echo(out)


@command.command("check")
@click.argument("folder", type=FILE)
@click.option("--all", "whole", is_flag=True, help="A line for every recording, not for the doubtful ones alone.")
@click.option("-o", "--out", type=FILE, help="PNG to draw level, noise and length of all recordings into.")
def check(folder: Path, whole: bool, out: Path | None) -> None:
    """Tell what the recordings of FOLDER are worth: metadata.csv (id|text) and id.flac, or pairs of id.txt and id.flac.

    What is LEFT OUT is not learned from: silent, clipped, noisy, too short or long, unlike its text, twice there.
    """
    from psi_ecs.systems.formats.safe import write_file
    from psi_ecs.tools.voice import check as voice

    found = voice.check(folder, watch)
    for line in found.lines(whole):
        click.echo(line)
    if out is not None:
        from psi_ecs.tools.voice.plot import quality

        write_file(out, quality(found.takes, folder.name))
        click.echo(out)


@command.command("align")
@click.argument("folder", type=FILE)
@click.option("--anew", is_flag=True, help="Align everything again, not just what is new or has changed.")
def align(folder: Path, anew: bool) -> None:
    """Find where each phone lies in the recordings of FOLDER: metadata.csv (id|text) and id.flac, or id.txt and id.flac.

    Writes alignments.jsonl there, and alignments.txt with what a person should look at, worst first. What is aligned is kept,
    so a run that was broken off goes on.
    """
    from psi_ecs.tools.voice.align import align as run

    for line in run(folder, anew, watch):
        click.echo(line)


@command.command("train")
@click.argument("folders", nargs=-1, required=True, type=FILE)
@click.option("-o", "--out", type=FILE, required=True, help="Working folder; a run that was broken off goes on there.")
@click.option("--name", default="voice", show_default=True, help="Of the voice, and of its file.")
@click.option("--licence", default="", help="Under which the recordings are; it is written into the file.")
@click.option("--keep-out", type=FILE, help="A folder of recordings that are not learned from, to watch the learning on.")
@click.option("--epochs", default=20, show_default=True, help="Passes over all recordings.")
@click.option("--seed", default=0, show_default=True, help="The same seed and recordings give the same voice.")
@click.option("--anyway", is_flag=True, help="Learn from less than five minutes of speech.")
def train(
    folders: tuple[Path, ...], out: Path, name: str, licence: str, keep_out: Path | None, epochs: int, seed: int, anyway: bool
) -> None:
    """Learn a voice from FOLDERS of recordings, each checked and aligned as by psi voice check and align.

    Needs PyTorch: pip install 'psi-ecs[train]'. Speak with it: psi say "Hello." --voice out/NAME.voice -o hello.wav
    """
    from psi_ecs.tools.voice.check import amount, usable
    from psi_ecs.tools.voice.teach import library
    from psi_ecs.tools.voice.train import train as learn

    def tell(line: str) -> None:
        click.echo(line, err=True)

    library()
    takes = [take for folder in folders for take in usable(folder, watch, tell)]
    kept = [] if keep_out is None else usable(keep_out, watch, tell)
    click.echo(amount(takes, anyway))
    learn(takes, kept, name, licence, out, seed, epochs, watch, click.echo)


KNOBS = (
    ("pitch", "Median pitch, 50 to 500 Hz."),
    ("span", "Factor on pitch movement, 0 to 2."),
    ("rate", "Speed, 0.5 to 2."),
    ("tract", "Formant scale, 0.7 to 1.3: 0.85 sounds like a man, 1.1 like a child."),
    ("breathiness", "-1 pressed to 1 breathy."),
    ("roughness", "0 smooth to 1 rough."),
    ("brightness", "Spectral tilt, -6 to 6 dB an octave above 1 kHz."),
)


def knobs(act: Any) -> Any:
    """An option for each number in `components.avatar.VoiceStyle`."""
    for name, text in reversed(KNOBS):
        act = click.option(f"--{name}", type=float, metavar="X", help=text)(act)
    return act


@command.command("shape")
@click.argument("persona")
@knobs
@click.option("--voice", metavar="FILE", help="Voice asset instead of the persona's own.")
@click.option("--name", help="Of the new persona. [as the file]")
@click.option("--text", help="What it says in the sample.")
@click.option("-o", "--out", type=FILE, required=True, help="TOML to write; a sample (WAV) stands beside it.")
def shape(persona: str, voice: str | None, name: str | None, text: str | None, out: Path, **changes: float | None) -> None:
    """Make a persona from PERSONA with another voice, and let it speak.

    PERSONA is an asset, or the path of a persona TOML or of a pack. Use it: psi say "Hello." --persona ada.toml -o hello.wav
    """
    from psi_ecs.tools.voice import shape as make

    wanted = {knob: value for knob, value in changes.items() if value is not None}
    for line in make.run(persona, wanted, voice, name, text, out):
        click.echo(line)


@command.command("export")
@click.argument("voice")
@click.option("-o", "--out", type=FILE, help="Pack (ZIP) to write: persona, voice and licence.")
@click.option("--json", "as_json", is_flag=True, help="Tell it as JSON.")
def export(voice: str, out: Path | None, as_json: bool) -> None:
    """Tell what VOICE is: licence, size, parameters, phones, memory. With -o, pack it with its persona for another machine.

    VOICE is a persona (asset, TOML or pack) or the path of a .voice file. A pack is used as a persona is: psi say "Hello."
    --persona mira.zip -o hello.wav
    """
    from psi_ecs.tools.voice import export as give

    persona = give.persona_of(voice)
    facts = give.about(persona)
    for line in [json.dumps(facts, indent=1)] if as_json else give.lines(facts):
        click.echo(line)
    if out is not None:
        for remark in give.write(persona, facts, out):
            click.echo(remark, err=True)
        click.echo(out)
