"""`psi run`."""

from pathlib import Path
from time import time

import click

from . import options
from .options import ABLATE, CORE, HELP, LUFS, MEMORY, SEED, moment


@click.command("run", context_settings=HELP)
@click.argument("scene")
@click.option(
    "--size", callback=options.size, default="960x720", show_default=True, metavar="WxH", help="Window size in pixels."
)
@click.option("--to", "end", callback=moment, metavar="S", help="Stop at this second.")
@click.option("--no-window", is_flag=True, help="Sound only.")
@click.option("--seed", type=SEED, metavar="N", help="Instead of the scene's own seed.")
@LUFS
@CORE
@ABLATE
@MEMORY
def command(
    scene: str,
    size: tuple[int, int],
    end: float | None,
    no_window: bool,
    seed: int | None,
    lufs: float | None,
    core: str | None,
    ablate: tuple[str, ...],
    memory: Path | None,
) -> None:
    """Play SCENE live, a TOML file or the name of one that comes along. Esc closes the window.

    The picture follows the sound that is heard. Each avatar has one gain, measured on a text that it says unheard
    before. Without a screen or a sound device it says so and plays what it can.

    \b
    psi run scenes/hello.toml
    psi run dialogue --size 1280x720
    psi run hello --no-window --to 3
    psi run hello --core mine.toml --ablate emotion
    psi run hello --memory memories                who speaks remembers, and goes on from there next time
    """
    from psi_ecs.tools.live import perform
    from psi_ecs.tools.proof import core_of, read_scene

    loaded, path = read_scene(scene)
    field = core_of(core)
    tell = lambda text: click.echo(text, err=True)  # noqa: E731
    said = perform(loaded, path.parent, size, end, seed, not no_window, tell, ablate, field, lufs, memory, time())
    click.echo(said)
