"""`psi core`."""

import shutil
import sys
import time
from pathlib import Path
from typing import Any

import click

from .options import ABLATE, CORE, HELP, SEED, moment


@click.group("core", context_settings=HELP, no_args_is_help=False)
def command() -> None:
    """See, tune and teach the field of oscillators behind a voice and a face.

    \b
    psi core plot hello -o core.png             a picture of one performance
    psi core watch hello                        bars while it performs
    psi core tune -o mine.toml                  an equaliser: arrow keys, and meters of the effect
    psi core tune --set breath.freq=0.3 -o mine.toml
    psi core learn hello -o evening.toml        keep a stable pattern of the field
    psi core patterns                           those that come along

    \b
    In a scene: core = "mine.toml"; pattern = "evening.toml" in an [[avatar]]; or a [[cue]] with kind = "recall" and
    name = "evening.toml". On the command line: --core mine.toml on run, render, say and eval.
    """


def performed(act: Any) -> Any:
    """Options that say what is performed."""
    options: list[Any] = [
        click.argument("scene", required=False),
        click.option("--text", help="Speak this instead of a scene."),
        click.option("--persona", default="mira", show_default=True, help="Who speaks --text."),
        click.option("--who", help="Avatar of the scene that is looked at; the first when left out."),
        click.option("--to", "end", callback=moment, metavar="S", help="Stop at this second."),
        CORE,
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
    """Draw one performance of SCENE or a text: phases, order of bands, energy V and dV/dt, locks, and the eigenvalues of its
    linear modes on the unit disc, by residual.

    \b
    psi core plot hello -o core.png
    psi core plot --text "Good morning, everyone." --core mine.toml
    psi core plot dialogue --who theo --to 8 --ablate coupling
    """
    from psi_ecs.systems.formats.safe import write_file
    from psi_ecs.tools.core.plot import picture
    from psi_ecs.tools.core.record import Source, record

    source = Source(off=ablate, **what)
    write_file(out, picture(record(source, who, end), source.title))
    click.echo(out)


@command.command("watch")
@performed
@ABLATE
@click.option("--window", is_flag=True, help="In a window instead of the terminal.")
@click.option("--fast", is_flag=True, help="Do not wait for the clock.")
def watch(window: bool, fast: bool, who: str | None, end: float | None, ablate: tuple[str, ...], **what: Any) -> None:
    """Show locks, order of bands, coherence, energy and phases, with the last seconds of each, ten times a second, while SCENE
    or a text is performed.

    \b
    psi core watch hello
    psi core watch --text "[joy] You came!" --window
    psi core watch dialogue --who theo --fast > field.txt
    """
    from psi_ecs.systems.output.draw.cells import Cells
    from psi_ecs.tools.core.record import Source
    from psi_ecs.tools.core.watch import watch as look

    source = Source(off=ablate, **what)
    begun, drawn, out = time.monotonic(), 0, sys.stdout
    cells = Cells(f"psi core watch: {source.title[:60]}", (126, 24)) if window else None

    def show(lines: list[str]) -> bool:
        nonlocal drawn
        if cells is not None:
            return cells.show(lines)
        back = f"\x1b[{drawn}A" if drawn and out.isatty() else ""
        click.echo(back + "\n".join(f"{line}\x1b[K" if out.isatty() else line for line in lines))
        drawn = len(lines)
        return True

    def rest(moment: float) -> None:
        if not fast:
            time.sleep(max(0.0, moment - (time.monotonic() - begun)))

    look(source, who, end, show, rest, cells.size[0] if cells else shutil.get_terminal_size((120, 24)).columns)


@command.command("tune")
@click.option("--set", "knobs", multiple=True, metavar="KNOB=NUMBER", help="As jaw.syllable.gain=40; no equaliser then.")
@click.option("--core", default="core", show_default=True, help="Field asset, or the path of a core TOML, to begin with.")
@click.option("--text", help="What is spoken to show the effect.")
@click.option("--persona", default="mira", show_default=True, help="Who speaks it.")
@click.option("--window", is_flag=True, help="The equaliser in a window instead of the terminal.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default="mine.toml", show_default=True,
    help="TOML to write; comments are kept.",
)  # fmt: skip
def tune(knobs: tuple[str, ...], core: str, text: str | None, persona: str, window: bool, out: Path) -> None:
    """Turn knobs of a core asset and write it.

    In a terminal it is an equaliser: a fader for each coupling, with pages of lags, frequencies, amplitudes and feelings, and
    meters of the locks and orders that come of it, while a sentence is spoken over and over. Arrow keys choose and change, Tab
    turns the page, u undoes, s saves, q leaves. With --set it writes at once, and tells what that does to one sentence.

    \b
    psi core tune -o mine.toml
    psi core tune --set jaw.syllable.gain=40 --set breath.freq=0.3 -o mine.toml
    psi core tune --core mine.toml --set emotion.anger.gain=1.5 -o mine.toml

    \b
    PULLED.BY.gain, PULLED.BY.lag                a coupling: rad/s, cycles
    ROLE.freq, .amp, .settle, .spread, .phase    an oscillator: Hz, 1, 1/s, share, cycles
    emotion.FEELING.gain, .lag, .freq, .amp, .settle    what a feeling does to them: factor, or cycles for a lag
    window                                       seconds over which locks are averaged
    """
    from psi_ecs.tools.core.record import Source
    from psi_ecs.tools.core.tune import tune as turn

    source = Source(text=text, persona=persona)
    if not knobs:
        _equalise(core, source, window, out)
        return
    for line in turn(core, knobs, out, source):
        click.echo(line)
    click.echo(out)


def _equalise(core: str, source: Any, window: bool, out: Path) -> None:
    """The equaliser, in a terminal or a window."""
    from psi_ecs.systems.dynamics.core import find, read
    from psi_ecs.systems.output.draw.cells import Cells
    from psi_ecs.tools.core.desk import Desk
    from psi_ecs.tools.core.live import Stage
    from psi_ecs.tools.core.live import tune as play
    from psi_ecs.tools.core.terminal import Terminal

    desk = Desk(read(find(core)).decode(), core)
    if window:
        cells = Cells(f"psi core tune: {core}")
        play(desk, Stage(source, None, desk.thing), cells, out, time.monotonic)
        cells.close()
    else:
        with Terminal() as terminal:
            play(desk, Stage(source, None, desk.thing), terminal, out, time.monotonic)
    click.echo(out if desk.saved != desk.first else "nothing was saved")


@command.command("learn")
@performed
@click.option("--name", help="Name of the pattern; that of the file when left out.")
@click.option("--at", "at", callback=moment, metavar="S", help="Keep the field at this second, stable or not.")
@click.option("--window", callback=moment, default="3", show_default=True, metavar="S", help="Seconds it must be kept.")
@click.option("--bound", type=click.FloatRange(0.0, 1.0), default=0.9, show_default=True, help="Least phase-locking value.")
@click.option(
    "--tolerance", type=click.FloatRange(0.0, 0.5), default=0.1, show_default=True, help="Cycles a phase may stray."
)
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="TOML to write.")
def learn(
    out: Path, name: str | None, at: float | None, window: float, bound: float, tolerance: float, who: str | None,
    end: float | None, **what: Any,
) -> None:  # fmt: skip
    """Keep a stable pattern of the field that SCENE or a text brought about: phases, amplitudes and frequencies, and couplings
    of what turned together.

    A pattern is stable where pairs keep their relative phase, n:m, within a tolerance over a window. A scene recalls it with
    pattern = "evening.toml" in an [[avatar]], or draws the field to it with a [[cue]]; a host with Host.recall.

    \b
    psi core learn hello -o evening.toml
    psi core learn --text "[joy] What a day!" --window 2 --name glad -o glad.toml
    psi core learn dialogue --who theo --at 4.5 -o moment.toml
    """
    from psi_ecs import PsiError
    from psi_ecs.systems.formats.pattern import pattern_text
    from psi_ecs.systems.formats.safe import write_file
    from psi_ecs.tools.core.learn import learn as study
    from psi_ecs.tools.core.learn import stable
    from psi_ecs.tools.core.record import Source, record

    run = record(Source(**what), who, end)
    found = stable(run, window, bound, tolerance) if at is None else None
    if at is None and found is None:
        raise PsiError(f"no two kept their phase for {window:g} s; try a shorter --window, or keep a moment with --at S")
    start, moment = (found.start, found.end) if found else (max(0.0, (at or 0.0) - window), at or 0.0)
    pattern = study(run, name or out.stem, start, moment)
    write_file(out, pattern_text(pattern))
    click.echo(f"the field at {moment:.2f} s" + (f", kept since {start:.2f} s by" if found else ""))
    for k in found.pairs if found else ():
        click.echo(f"  {k.pulled} and {k.by}, {k.m}:{k.n}   locked {k.value:.3f} at {k.lag:+.3f} cycles")
    for t in pattern.coupling:
        click.echo(f"new: {t.pulled} by {t.by}, {t.gain:.2f} rad/s, {t.lag:+.3f} cycles, {t.ratio[1]}:{t.ratio[0]}")
    click.echo(out)


@command.command("patterns")
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
def patterns(folder: Path | None) -> None:
    """List the patterns that come along, or those in FOLDER: name, file, oscillators and couplings.

    \b
    psi core patterns
    psi core patterns my/patterns
    """
    from psi_ecs import AssetError
    from psi_ecs.systems.formats.pattern import load_pattern
    from psi_ecs.systems.formats.pattern import patterns as listed

    for path in listed(folder):
        recall = str(path) if folder else path.stem
        try:
            found = load_pattern(recall)
        except AssetError as why:
            click.echo(f"{recall:<24} no pattern: {str(why).removeprefix(f'{path}:')}")
            continue
        click.echo(f"{recall:<24} {found.name:<24} {len(found.state)} oscillators, {len(found.coupling)} couplings")
