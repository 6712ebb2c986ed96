"""`psi eval`."""

from collections.abc import Callable
from pathlib import Path

import click
from click.core import ParameterSource

from .options import ABLATE, CORE, HELP, terminal, watch

PATH = click.Path(path_type=Path)


@click.group("eval", context_settings=HELP, invoke_without_command=True, no_args_is_help=False)
@click.pass_context
@click.option(
    "--texts", type=click.Path(path_type=Path), help="File with lines id<TAB>text; the project's own sentences when left out."
)
@click.option("--persona", default="mira", show_default=True, help="Who speaks.")
@click.option("--head", metavar="NAME|FILE", help="Another head than the persona's: an asset, or a GLB with ARKit shapes.")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="JSON file for the figures.")
@click.option("--hours", type=float, metavar="H", help="Instead, speak for H simulated hours: bad numbers, energy, drift.")
@click.option("--silent", is_flag=True, help="With --hours: score and field alone, twice as fast.")
@click.option(
    "--forecast", type=click.Path(path_type=Path), multiple=True, metavar="DIR",
    help="Instead, forecast 50 ms ahead on DIR's WAV or FLAC files; given twice, fit on the first and test on the second.",
)  # fmt: skip
@CORE
@ABLATE
@click.option("--grammar", is_flag=True, help="Instead, play every scene and tell how far each rule is broken, held and free.")
@click.option("--ablation", is_flag=True, help="Instead, switch each part off in turn and tell what that costs.")
def command(
    context: click.Context,
    texts: Path | None,
    persona: str,
    head: str | None,
    out: Path | None,
    hours: float | None,
    silent: bool,
    forecast: tuple[Path, ...],
    core: str | None,
    ablate: tuple[str, ...],
    grammar: bool,
    ablation: bool,
) -> None:
    """Measure lip closures, tooth contacts, jaw order, rounding, how early lips get ready and the lead of mouth over sound, on
    the mesh, over spoken sentences.

    \b
    psi eval
    psi eval --texts sentences.tsv --persona theo -o figures.json
    psi eval --head other.glb                    the same persona with another head
    psi eval --core mine.toml --ablate emotion   with a field of your own, and without feelings
    psi eval --ablation                          what each part is worth
    psi eval --grammar                           violations over all scenes
    psi eval --hours 0.2                         no drift, no bad number, bounded energy
    psi eval --forecast train --forecast test    errors beside persistence and a straight line
    psi eval life --minutes 10                   blinks, saccades, breath, stillness and pops, beside people's
    psi eval memory --kills 200                  a memory whose process is killed while it writes loses nothing
    psi eval memory                              tones recalled, quoted, blended; kills survived
    psi eval voice --persona otis                the voice: cost, pitch, joins, clicks, beside peers; see its own --help
    """
    if context.invoked_subcommand is not None:
        if any(context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in context.params):
            raise click.UsageError(f"options of {context.invoked_subcommand} stand after its name")
        return
    if core is not None and (hours is not None or forecast or ablation):
        raise click.UsageError("--core goes with the figures of spoken sentences; leave out --hours, --forecast and --ablation")
    if head is not None and (hours is not None or forecast or grammar or ablation):
        raise click.UsageError("--head goes with the figures of spoken sentences; leave out the other measurements")
    if silent and hours is None:
        raise click.UsageError("--silent goes with --hours; give the hours to speak, or leave it out")
    if hours is not None:
        from psi_ecs.tools import endure

        endure.run(hours, texts, persona, out, silent)
        return
    if forecast:
        from psi_ecs.tools import forecast as foretell

        foretell.run(list(forecast), out)
        return
    if grammar:
        from psi_ecs.tools import rules

        rules.run(out)
        return
    if ablation:
        from psi_ecs.tools import ablation as compare

        compare.run(texts, persona, out)
        return
    from psi_ecs.tools.evaluate import run
    from psi_ecs.tools.proof import core_of

    run(texts, persona, out, ablate, core_of(core), head)


@command.command("voice")
@click.option("--texts", type=PATH, help="File with lines id<TAB>text; the scorer's or the project's own when left out.")
@click.option("--persona", "personas", multiple=True, metavar="NAME", help="Who speaks; several are compared. [mira]")
@click.option("--voice", "voices", multiple=True, metavar="FILE", help="Voice instead of the persona's own; several too.")
@click.option("--emotions", is_flag=True, help="Instead, how feelings change the voice, beside how they change actors'.")
@click.option("--scorer", type=PATH, metavar="DIR", help="Folder with score.py, and peers/*.json of what it found for others.")
@click.option("--scorer-python", metavar="FILE", help="The Python that runs it. [the variable PSI_SCORER_PYTHON]")
@click.option("--keep", type=PATH, metavar="DIR", help="Keep the WAV files there.")
@click.option("-o", "--out", type=PATH, help="JSON file for the figures.")
def voice(
    texts: Path | None,
    personas: tuple[str, ...],
    voices: tuple[str, ...],
    emotions: bool,
    scorer: Path | None,
    scorer_python: str | None,
    keep: Path | None,
    out: Path | None,
) -> None:
    """Let voices say texts, and measure cost, memory, pitch, loudness, joins and clicks; installed peers are timed too.

    \b
    psi eval voice
    psi eval voice --persona mira --persona otis -o figures.json
    psi eval voice --voice anna.voice --scorer ~/scorer --scorer-python ~/scorer/venv/bin/python
    psi eval voice --emotions
    """
    from psi_ecs.tools.voice import judge
    from psi_ecs.tools.voice.scorer import Scorer

    if emotions and keep is not None:
        raise click.UsageError("--keep goes with the plain texts; leave out --emotions")
    tool = None if scorer is None else Scorer(scorer, scorer_python)
    judge.run(texts, list(personas) or ["mira"], list(voices), tool, emotions, keep, out, watch, click.echo)


@command.command("life")
@click.option("--minutes", type=click.FloatRange(0.2, 600.0), default=10.0, show_default=True, help="Of each activity.")
@click.option("--persona", default="mira", show_default=True, help="Whose face.")
@click.option("-o", "--out", type=PATH, help="JSON file for the figures.")
def life(minutes: float, persona: str, out: Path | None) -> int:
    """Watch a face talk, listen, rest and read, and measure how it lives beside people: blinks, saccades, what stands still,
    what jumps, how the head goes with the voice, and when it breathes. The exit code is 1 if a bar is missed.

    \b
    psi eval life
    psi eval life --minutes 2 --persona theo
    """
    from psi_ecs.tools import living

    with click.progressbar(length=1000, label="watching", file=terminal()) as bar:
        kept = living.run(minutes, persona, out, lambda share: bar.update(int(1000 * share) - bar.pos))
    return int(not kept)


@command.command("memory")
@click.option("--persona", default="mira", show_default=True, help="Whose memory.")
@click.option("--texts", type=click.IntRange(1, 20), default=20, show_default=True, help="Said in each of five styles.")
@click.option("--others", type=click.IntRange(0, 1_000_000), default=10_000, show_default=True, help="Entries before a quote.")
@click.option("--kills", type=click.IntRange(0, 100_000), default=20, show_default=True, help="Of a writing process.")
@click.option("-o", "--out", type=PATH, help="JSON file for the figures.")
def memory(persona: str, texts: int, others: int, kills: int, out: Path | None) -> int:
    """Whether what is said like earlier sounds and looks like earlier, quotes are the same bytes, blends lie between, moods
    travel within bounds, subjects keep their tone, and nothing is lost when the process is killed. The exit code is 1 if a bar
    is missed.

    \b
    psi eval memory
    psi eval memory --kills 200
    psi eval memory --texts 4 --kills 0          in a minute
    """
    from psi_ecs.tools.memory import prove

    def show(name: str) -> Callable[[], None]:
        click.echo(f"... {name}", file=terminal())
        return lambda: click.echo(".", nl=False, file=terminal())

    return int(not prove.run(persona, texts, others, kills, out, show, click.echo))
