"""`psi render`."""

from pathlib import Path

import click


def size(_: click.Context, __: click.Parameter, text: str) -> tuple[int, int]:
    """WIDTHxHEIGHT as two even numbers."""
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(p.isdigit() for p in parts):
        raise click.BadParameter(f"{text!r} is no size; write WIDTHxHEIGHT, such as 1280x720")
    width, height = (int(p) for p in parts)
    if not (64 <= width <= 4096 and 64 <= height <= 4096) or width % 2 or height % 2:
        raise click.BadParameter(f"{text}: width and height must be even and between 64 and 4096")
    return width, height


@click.command("render", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("scene")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Film to write; the other files stand beside it. [out/NAME.mp4]"
)
@click.option(
    "--fps", type=click.Choice(["15", "20", "30", "60"]), default="60", show_default=True, help="Frames a second of the film."
)
@click.option("--size", callback=size, default="1280x720", show_default=True, metavar="WxH", help="Picture size in pixels.")
@click.option("--from", "start", type=click.FloatRange(0), default=0.0, metavar="S", help="Begin at this second of the scene.")
@click.option("--to", "end", type=click.FloatRange(0, min_open=True), metavar="S", help="End at this second.")
@click.option(
    "--format", "formats", multiple=True, help="Only these: mp4 wav vtt srt json csv png. May be given several times."
)
@click.option("--seed", type=click.IntRange(0), help="Instead of the scene's own seed.")
def command(
    scene: str,
    out: Path | None,
    fps: str,
    size: tuple[int, int],
    start: float,
    end: float | None,
    formats: tuple[str, ...],
    seed: int | None,
) -> None:
    """Render SCENE, a TOML file or the name of one that comes along.

    Makes an MP4 with a WAV, captions (VTT, SRT), a timeline (JSON) and the face channels (CSV) beside it.
    """
    from psi_ecs.systems.formats.scene import find_scene, load_scene
    from psi_ecs.tools.take import FORMATS, Plan, render

    wanted = tuple(f for item in formats for f in item.replace(",", " ").split())
    for format in wanted:
        if format not in FORMATS:
            raise click.BadParameter(f"{format!r} is no format; use {', '.join(FORMATS)}", param_hint="--format")
    if end is not None and end <= start:
        raise click.BadParameter(f"--to {end:g} is not after --from {start:g}", param_hint="--to")
    path = find_scene(scene)
    plan = Plan(out or Path("out") / f"{path.stem}.mp4", wanted or FORMATS[:-1], size, int(fps), start, end, seed)
    if not wanted and out is not None and out.suffix.lstrip(".") in ("wav", "json", "csv", "vtt", "srt", "png"):
        plan.formats = (out.suffix.lstrip("."),)
    loaded = load_scene(path)
    with click.progressbar(length=1000, label=f"rendering {path.stem}") as bar:
        guess = end if end is not None else expected(loaded)
        files, remarks = render(
            loaded, path.parent, plan, lambda t: bar.update(max(0, int(999 * min(1.0, t / guess)) - bar.pos))
        )
        bar.update(1000 - bar.pos)
    for remark in remarks:
        click.echo(remark, err=True)
    for file in files:
        click.echo(file)


def expected(scene: object) -> float:
    """About how long a scene will last, for the progress bar: 14 characters a second."""
    from psi_ecs.components.scene import Scene

    assert isinstance(scene, Scene)
    return sum(len(line.text) / 14.0 + line.pause for line in scene.line) + scene.tail + 1.0
