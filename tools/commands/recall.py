"""`psi memory play`, `blend` and `pack`: what is remembered, said and shown again, and carried elsewhere."""

import tempfile
from pathlib import Path
from typing import Any

import click

from .memory import FILE, command, opened, place
from .options import terminal


def phrase(what: str) -> str:
    """An entry's number as a phrase; phrases stay."""
    return f"#{what}" if what.isdecimal() else what


def perform(persona: str, folder: Path | None, lines: list[Any], out: Path | None) -> None:
    """Let a persona with its memory perform lines: into files, or live."""
    from psi_ecs.components.scene import Scene, SceneAvatar
    from psi_ecs.systems.formats.memory import memory_file
    from psi_ecs.tools import live
    from psi_ecs.tools.take import MAIN, Plan, named, render

    scene = Scene(avatar=[SceneAvatar(name=persona)], line=lines, tail=0.3)
    where = memory_file(persona, folder).parent
    if out is None:
        click.echo(live.perform(scene, Path(), (960, 720), None, None, True, lambda text: click.echo(text, err=True),
                                memories=where, readonly=True))  # fmt: skip
        return
    kind = named(out)
    plan = Plan(out, (kind,) if kind not in ("", "mp4") else MAIN, memories=where, readonly=True)
    with click.progressbar(length=1000, label="rendering", file=terminal()) as bar:
        files, remarks = render(scene, Path(), plan, lambda t: bar.update(min(int(20 * t), 999) - bar.pos))
    for line in files:
        click.echo(line)
    for remark in remarks:
        click.echo(remark, err=True)


@command.command("play")
@click.argument("what")
@click.option("-o", "--out", type=FILE, help="Film, sound or another format of psi render; live when left out.")
@place
def play(what: str, persona: str, folder: Path | None, key: Path | None, out: Path | None) -> None:
    """Show a moment again just as it was, sound and face bit for bit. WHAT is the number of an entry, or a phrase.

    \b
    psi memory play 12 -o moment.mp4
    psi memory play greeting -o greeting.wav
    psi memory play "about home"
    """
    from psi_ecs import PsiError
    from psi_ecs.components.scene import Line
    from psi_ecs.systems.memory import Library

    if key is not None:
        raise click.UsageError("encrypted memories are played by hosts, which hold the key; leave out --key")
    library = Library()
    with opened(persona, folder, key) as store:
        library.stores[0] = store
        entry = library.replayed(0, persona, phrase(what))
    if not entry.moment:
        raise PsiError(f"number {entry.id} was not kept so that it can be replayed")
    perform(persona, folder, [Line(who=persona, quote=f"#{entry.id}", pause=0.0)], out)


@command.command("blend")
@click.argument("first")
@click.argument("second")
@click.option(
    "--ratio", "ratios", type=click.FloatRange(0.0, 1.0), multiple=True, help="Between FIRST (0) and SECOND (1); several."
)
@click.option("--text", default="", help="What is said. [what FIRST said]")
@click.option("-o", "--out", type=FILE, help="Film, sound or another format of psi render; live when left out.")
@place
def blend(
    first: str, second: str, ratios: tuple[float, ...], text: str, persona: str, folder: Path | None, key: Path | None,
    out: Path | None,
) -> None:  # fmt: skip
    """Say a text between two tones that are remembered: FIRST and SECOND are numbers of entries, or phrases.

    \b
    psi memory blend greeting farewell -o between.mp4
    psi memory blend 12 31 --ratio 0.3 --text "Shall we go?" -o go.wav
    """
    from psi_ecs.components.scene import Line
    from psi_ecs.systems.memory import Library

    if key is not None:
        raise click.UsageError("encrypted memories are blended by hosts, which hold the key; leave out --key")
    library, a, b = Library(), phrase(first), phrase(second)
    with opened(persona, folder, key) as store:
        library.stores[0] = store
        text = text or library.replayed(0, persona, a).text
        lines = []
        for ratio in ratios or (0.0, 0.25, 0.5, 0.75, 1.0):
            bias = library.bias(0, persona, f"between {a} and {b} {ratio}")
            click.echo(f"{ratio:4.2f}  {described(bias.tone)}")
            lines.append(Line(who=persona, text=f"[like between {a} and {b} {ratio}] {text} [/]"))
    perform(persona, folder, lines, out)


def described(tone: Any) -> str:
    """A tone in figures."""
    from psi_ecs.components.text import FEELINGS

    felt = ", ".join(f"{n} {x:.2f}" for n, x in zip(FEELINGS[3:], tone.feeling[3:], strict=True) if x > 0.01) or "no emotion"
    manner = f", {tone.regime} {tone.strength:.2f}" if tone.regime else ""
    return f"{felt}; rate {tone.rate:.2f}, pitch {tone.pitch:+.1f} st, range {tone.span:.2f}, {tone.volume:+.1f} dB{manner}"


@command.command("pack")
@click.option("-o", "--out", type=FILE, help="Pack (ZIP) to write. [NAME.zip]")
@place
def pack(persona: str, folder: Path | None, key: Path | None, out: Path | None) -> None:
    """Put a persona, its voice and all that it remembers into one file, which another machine opens: psi memory import takes
    the memory out of it, and scenes name it as a persona. It is not encrypted.

    \b
    psi memory pack -o mira.zip
    psi memory import mira.zip --memory elsewhere
    """
    from psi_ecs.tools.voice import export as give

    who = give.persona_of(persona)
    out = out or Path(f"{Path(persona).stem}.zip")
    with tempfile.TemporaryDirectory() as place_, opened(persona, folder, key) as store:
        lines = Path(place_) / "memory.jsonl"
        store.export(lines)
        remarks = give.write(who, give.about(who), out, {"memory.jsonl": lines.read_bytes()})
    for remark in remarks:
        click.echo(remark, err=True)
    click.echo(out)
