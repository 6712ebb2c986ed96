"""`psi core`."""

import sys
from pathlib import Path
from typing import Any

import click

from .options import ABLATE, HELP, SEED, moment


@click.group("core", context_settings=HELP, no_args_is_help=False)
def command() -> None:
    """See, tune and teach the field of oscillators behind a voice and a face.

    \b
    psi core plot hello -o core.png
    psi core watch hello
    psi core tune --set jaw.syllable.gain=40 --set breath.freq=0.3 -o mine.toml
    psi core learn --text "Good morning, everyone." -o pattern.toml
    A scene uses such a file with the line  core = "mine.toml"
    """


def performed(act: Any) -> Any:
    """Options that say what is performed."""
    options: list[Any] = [
        click.argument("scene", required=False),
        click.option("--text", help="Speak this instead of a scene."),
        click.option("--persona", default="mira", show_default=True, help="Who speaks --text."),
        click.option("--who", help="Avatar of the scene that is looked at; the first when left out."),
        click.option("--to", "end", callback=moment, metavar="S", help="Stop at this second."),
        click.option("--core", help="Field asset, or the path of a core TOML."),
        click.option("--seed", type=SEED, metavar="N", help="Instead of the scene's own seed."),
    ]
    for option in options:
        act = option(act)
    return act


@command.command("plot")
@performed
@ABLATE
@click.option("-o", "--out", type=click.Path(path_type=Path), default="core.png", show_default=True, help="PNG to write.")
def plot(out: Path, who: str | None, end: float | None, ablate: tuple[str, ...], **what: Any) -> None:
    """Draw phases, order of bands, energy, locks and modes over one performance of SCENE or a text."""
    from psi_ecs.systems.formats.safe import write_file
    from psi_ecs.tools.core.plot import picture
    from psi_ecs.tools.core.record import Source, record

    source = Source(off=ablate, **what)
    write_file(out, picture(record(source, who, end), source.title))
    click.echo(out)


@command.command("watch")
@performed
@ABLATE
@click.option("--fast", is_flag=True, help="Do not wait for the clock.")
def watch(fast: bool, who: str | None, end: float | None, ablate: tuple[str, ...], **what: Any) -> None:
    """Show locks, order of bands, coherence and energy as bars, ten times a second, while SCENE or a text is performed."""
    import time

    from psi_ecs.tools.core.record import Source
    from psi_ecs.tools.core.watch import watch as look

    begun = time.monotonic()
    drawn = 0

    def show(lines: list[str]) -> None:
        nonlocal drawn
        back = f"\x1b[{drawn}A" if drawn and out.isatty() else ""
        click.echo(back + "\n".join(f"{line}\x1b[K" if out.isatty() else line for line in lines))
        drawn = len(lines)

    def rest(moment: float) -> None:
        if not fast:
            time.sleep(max(0.0, moment - (time.monotonic() - begun)))

    out = sys.stdout
    look(Source(off=ablate, **what), who, end, show, rest)


@command.command("tune")
@click.option("--set", "knobs", multiple=True, required=True, metavar="KNOB=NUMBER", help="As jaw.syllable.gain=40.")
@click.option("--core", default="core", show_default=True, help="Field asset, or the path of a core TOML, to begin with.")
@click.option("--text", help="What is spoken to measure the effect.")
@click.option("--persona", default="mira", show_default=True, help="Who speaks it.")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="TOML to write; comments are kept.")
def tune(knobs: tuple[str, ...], core: str, text: str | None, persona: str, out: Path) -> None:
    """Turn knobs of a core asset and write it, telling what changed and what that does to one sentence.

    \b
    PULLED.BY.gain, PULLED.BY.lag    a coupling: rad/s, cycles
    ROLE.freq, .amp, .settle, .spread, .phase    an oscillator
    window    seconds over which locks are averaged
    """
    from psi_ecs.tools.core.record import Source
    from psi_ecs.tools.core.tune import tune as turn

    for line in turn(core, knobs, out, Source(text=text, persona=persona)):
        click.echo(line)
    click.echo(out)


@command.command("learn")
@performed
@click.option("--name", help="Name of the pattern; that of the file when left out.")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="TOML to write: a core asset.")
def learn(out: Path, name: str | None, who: str | None, end: float | None, **what: Any) -> None:
    """Keep what SCENE or a text brought about in the field: phases at its end, and couplings of what turned together."""
    from psi_ecs.systems.dynamics.core import find, read
    from psi_ecs.systems.formats.safe import write_file
    from psi_ecs.tools.core.learn import asset
    from psi_ecs.tools.core.learn import learn as study
    from psi_ecs.tools.core.record import Source, record

    found = study(record(Source(**what), who, end))
    base = read(find(what["core"] or "core")).decode()
    write_file(out, asset(found, base, name or out.stem, str(out)))
    for pulled, by, gain, lag, n, m in found.couplings:
        click.echo(f"{pulled} by {by}: {gain:.2f} rad/s, {lag:+.3f} cycles" + ("" if n == m else f", {n}:{m}"))
    click.echo(out)
