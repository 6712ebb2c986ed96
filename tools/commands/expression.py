"""`psi expression`."""

from pathlib import Path

import click

from .options import HELP, terminal

FILE = click.Path(path_type=Path)
PERSONA = click.option("--persona", default="mira", show_default=True, help="Whose face shows it: a persona or its file.")


@click.group("expression", context_settings=HELP, no_args_is_help=False)
def command() -> None:
    """Make expressions of your own, in the terms of FACS.

    \b
    psi expression list                             those that come along
    psi expression new wry --from smirk             wry.toml, with comments, to start from
    psi expression preview wry.toml -o wry.png      its course: onset, apex, offset (or .gif, .mp4)
    psi expression edit wry.toml                    a window with a face, and faders that move it
    """


@command.command("list")
def listed() -> None:
    """List the expressions that come along."""
    from psi_ecs.systems.formats.expression import expressions, load_expression

    for name in expressions():
        click.echo(f"{name:<14} {load_expression(name).about}")


@command.command("new")
@click.argument("name")
@click.option("--from", "base", metavar="NAME", help="Begin like this one: its name, or the path of a TOML file.")
@click.option("-o", "--out", type=FILE, help="TOML to write. [NAME.toml]")
def new(name: str, base: str | None, out: Path | None) -> None:
    """Write an expression NAME to start from, every key explained."""
    from psi_ecs.tools.expression.write import new as write

    out = out or Path(f"{name}.toml")
    write(out.stem, base, out)
    click.echo(out)


@command.command("preview")
@click.argument("name")
@PERSONA
@click.option("-o", "--out", type=FILE, help="PNG for a strip, GIF or MP4 for the movement. [NAME.png]")
@click.option(
    "--size", default=280, show_default=True, type=click.IntRange(64, 1024), help="Pixels of a picture."
)
def preview(name: str, persona: str, out: Path | None, size: int) -> None:
    """Show the course of expression NAME (or of a TOML file) on a face."""
    from psi_ecs.systems.formats.expression import load_expression
    from psi_ecs.tools.expression.preview import run

    e = load_expression(name)
    out = out or Path(f"{Path(name).stem}.png")
    with click.progressbar(length=1000, label="drawing", file=terminal()) as bar:
        run(e, persona, out, size, lambda share: bar.update(int(1000 * share) - bar.pos))
    click.echo(out)


@command.command("edit")
@click.argument("name")
@PERSONA
@click.option("-o", "--out", type=FILE, help="TOML to write; the file itself, or NAME.toml, when left out.")
def edit(name: str, persona: str, out: Path | None) -> None:
    """Move expression NAME (or a TOML file) by faders, one for each action unit and side, while a face shows it.

    Arrow keys choose and change, Tab turns the page, u undoes, s saves, q leaves.
    """
    import time

    from psi_ecs.tools.core.live import tune
    from psi_ecs.tools.expression.desk import ExpressionDesk
    from psi_ecs.tools.expression.live import FaceShow, opened, source

    desk = ExpressionDesk(source(name), name)
    view, cells = opened(persona, name)
    out = out or Path(name if name.endswith(".toml") else f"{name}.toml")
    tune(desk, FaceShow(persona, desk.thing, view), cells, out, time.monotonic)
    cells.close()
    click.echo(out if desk.saved != desk.first else "nothing was saved")
