"""`psi say`."""

from pathlib import Path

import click


@click.command("say", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("text", required=False)
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="WAV to write, or with --batch the folder.")
@click.option(
    "--batch", type=click.Path(path_type=Path), help="File with lines id<TAB>text; writes id.wav and id.json for each."
)
@click.option("--persona", default="mira", show_default=True, help="Persona asset, or the path of a persona TOML.")
@click.option("--emotion", help="joy, anger, sadness, fear, disgust, surprise, calm or neutral; from the text when left out.")
@click.option("--voice", help="Voice asset instead of the persona's own.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Seed of all random streams.")
def command(
    text: str | None, out: Path, batch: Path | None, persona: str, emotion: str | None, voice: str | None, seed: int
) -> None:
    """Speak TEXT (plain, with tags such as "[joy] Hello! [/]", or SSML; "-" reads standard input) into a WAV file."""
    from psi_ecs import PsiError
    from psi_ecs.tools.speak import Speaker, read_batch

    if (text is None) == (batch is None):
        raise click.UsageError("give a text, or --batch with a file of texts")
    speaker = Speaker(persona, emotion, voice, seed)
    if text is not None:
        if text == "-":
            text = click.get_text_stream("stdin").read()
        speaker.speak(text, out)
        click.echo(out)
        return
    assert batch is not None
    lines = read_batch(batch)
    if out.exists() and not out.is_dir():
        raise PsiError(f"{out}: is a file; with --batch give a folder")
    with click.progressbar(lines, label=f"speaking {batch.name}") as bar:
        for name, line in bar:
            speaker.speak(line, out / f"{name}.wav", out / f"{name}.json")
    click.echo(out)
