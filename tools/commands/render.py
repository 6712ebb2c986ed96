"""`psi render`."""

from pathlib import Path
from time import time

import click

from . import options
from .options import ABLATE, CORE, HELP, LUFS, MEMORY, RATE, SEED, moment, terminal


@click.command("render", context_settings=HELP)
@click.argument("scene")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Film to write; the other files stand beside it. [out/NAME.mp4]"
)
@click.option(
    "--fps", type=click.Choice(["15", "20", "30", "60"]), default="60", show_default=True, help="Frames a second of the film."
)
@click.option(
    "--size", callback=options.size, default="1280x720", show_default=True, metavar="WxH", help="Picture size in pixels."
)
@click.option("--from", "start", callback=moment, default="0", metavar="S", help="Begin at this second of the scene.")
@click.option("--to", "end", callback=moment, metavar="S", help="End at this second.")
@click.option(
    "--format", "formats", multiple=True,
    help="Only these: mp4 wav vtt srt json csv png pngs mov, or of the face glb usda bvh azure.json. Give several if need be.",
)  # fmt: skip
@click.option(
    "--transparent", is_flag=True, help="Without a backdrop: png, pngs (every picture) and mov carry that, mp4 does not."
)
@click.option("--seed", type=SEED, metavar="N", help="Instead of the scene's own seed.")
@LUFS
@RATE
@CORE
@ABLATE
@MEMORY
def command(
    scene: str,
    out: Path | None,
    fps: str,
    size: tuple[int, int],
    start: float,
    end: float | None,
    formats: tuple[str, ...],
    transparent: bool,
    seed: int | None,
    lufs: float | None,
    rate: str,
    core: str | None,
    ablate: tuple[str, ...],
    memory: Path | None,
) -> int:
    """Render SCENE, a TOML file or the name of one that comes along.

    Makes an MP4 with a WAV, captions (VTT, SRT), a timeline (JSON) and the face channels (CSV) beside it, and prints their
    paths. The exit code is 1 if something of that could not be made on this machine; the rest is there.

    \b
    psi render scenes/hello.toml -o out/hello.mp4
    psi render dialogue --size 640x360 --fps 30 --from 2 --to 8
    psi render hello -o hello.png --to 1.5            a picture of that moment
    psi render hello -o hello.mov --transparent       to lay over another film
    psi render hello --format wav --format json       no film
    psi render hello --format glb,usda,bvh,azure.json    the face for Blender, Unity, Unreal, Omniverse, Azure's clients
    psi render hello --core mine.toml                 with a field of your own
    psi render hello --memory memories                who speaks remembers, and goes on from there next time
    """
    from psi_ecs.components.scene import CLEAR
    from psi_ecs.tools.master import Master
    from psi_ecs.tools.proof import core_of, read_scene
    from psi_ecs.tools.take import FORMATS, MAIN, Plan, named, render

    wanted = tuple(f for item in formats for f in item.replace(",", " ").split())
    for format in wanted:
        if format not in FORMATS:
            raise click.BadParameter(f"{format!r} is no format; use {', '.join(FORMATS)}", param_hint="'--format'")
    if end is not None and end <= start:
        raise click.BadParameter(f"{end:g} is not after --from {start:g}", param_hint="'--to'")
    loaded, path = read_scene(scene)
    if transparent:
        loaded.light.background = CLEAR
    kind = named(out)
    if not wanted and kind not in ("", "mp4"):
        wanted = (kind,)
    film = out or Path("out") / f"{path.stem}.mp4"
    master = Master(lufs, int(rate))
    field = core_of(core)
    plan = Plan(film, wanted or MAIN, size, int(fps), start, end, seed, ablate, field, memory, began=time(), master=master)
    guess = end if end is not None else expected(loaded)
    with click.progressbar(length=1000, label=f"rendering {path.stem}", file=terminal()) as bar:
        files, remarks = render(
            loaded, path.parent, plan, lambda t: bar.update(max(0, int(999 * min(1.0, t / guess)) - bar.pos))
        )
        bar.update(1000 - bar.pos)
    for file in files:
        click.echo(file)
    for remark in remarks:
        click.echo(remark, err=True)
    return int(bool(remarks))


def expected(scene: object) -> float:
    """About how long a scene will last, for the progress bar: 14 characters a second."""
    from psi_ecs.components.scene import Scene

    assert isinstance(scene, Scene)
    return sum(len(line.text) / 14.0 + max(line.pause, 0.0) for line in scene.line) + scene.tail + 1.0
