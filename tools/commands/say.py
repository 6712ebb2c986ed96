"""`psi say`."""

from pathlib import Path

import click

from .options import CORE, HELP, LUFS, RATE, SEED, terminal


@click.command("say", context_settings=HELP)
@click.argument("text", required=False)
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="WAV to write, or with --batch the folder.")
@click.option(
    "--batch", type=click.Path(path_type=Path), help="File with lines id<TAB>text; writes id.wav and id.json for each."
)
@click.option("--persona", default="mira", show_default=True, help="Persona asset, or the path of a TOML or pack.")
@click.option("--emotion", help="joy, anger, sadness, fear, disgust, surprise, calm or neutral; from the text when left out.")
@click.option("--voice", help="Voice asset instead of the persona's own.")
@click.option("--seed", type=SEED, default=0, metavar="N", help="Seed of all random streams.")
@LUFS
@RATE
@CORE
def command(
    text: str | None,
    out: Path,
    batch: Path | None,
    persona: str,
    emotion: str | None,
    voice: str | None,
    seed: int,
    lufs: float | None,
    rate: str,
    core: str | None,
) -> None:
    """Speak TEXT into a WAV file: plain, with tags such as "[joy] Hello! [/]", or SSML; "-" reads standard input.

    \b
    psi say "Good morning." -o morning.wav
    psi say "[joy] You came! [/] Sit down." -o hello.wav --persona theo
    psi say "[whisper] Guess what. [/] [laugh]" -o secret.wav
    psi say --batch sentences.tsv -o out          lines id<TAB>text
    psi say "Good morning." -o mine.wav --core mine.toml
    psi say "Good morning." -o plain.wav --lufs none --rate 48000

    \b
    Feelings        [joy] ... [/], [sad:0.5] ... [/], ...
    Manners         [whisper], [shout], [mumble], [clear], [laugh], [cry], [sigh], [slow], [fast], [loud], [soft] ... [/]
    Sounds          [laugh], [laugh:0.7], [sigh 2s], [chuckle], [giggle], [cry], [gasp], [breath]
    Other           [pause 0.5], [emphasis] ... [/], [mark name]
    Memory          [remember greeting], [like greeting] ... [/], [like earlier 0.7] ... [/]
    """
    from psi_ecs.systems.formats.safe import OutputError
    from psi_ecs.tools.master import Master
    from psi_ecs.tools.proof import core_of
    from psi_ecs.tools.speak import Speaker, read_batch, read_input

    if (text is None) == (batch is None):
        raise click.UsageError("give a text, or --batch with a file of texts")
    master = Master(lufs, int(rate))
    if batch is None:
        speaker = Speaker(persona, emotion, voice, seed, core_of(core), master)
        speaker.speak(read_input() if text == "-" else str(text), out)
        click.echo(out)
        return
    lines = read_batch(batch)
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out}: is a file; with --batch give a folder")
    speaker = Speaker(persona, emotion, voice, seed, core_of(core), master)
    with click.progressbar(lines, label=f"speaking {batch.name}", file=terminal()) as bar:
        for name, line in bar:
            speaker.speak(line, out / f"{name}.wav", out / f"{name}.json")
    click.echo(out)
