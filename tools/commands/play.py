"""`psi run`."""

import click


@click.command("run", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("scene")
@click.option("--size", default="960x720", show_default=True, metavar="WxH", help="Window size in pixels.")
@click.option("--to", "end", type=click.FloatRange(0, min_open=True), metavar="S", help="Stop at this second.")
@click.option("--no-window", is_flag=True, help="Sound only.")
@click.option("--seed", type=click.IntRange(0), help="Instead of the scene's own seed.")
def command(scene: str, size: str, end: float | None, no_window: bool, seed: int | None) -> None:
    """Play SCENE live. Esc closes the window. Without a screen or a device it says so and plays what it can."""
    from psi_ecs.systems.formats.scene import find_scene, load_scene
    from psi_ecs.tools.live import perform

    from .render import size as parse_size

    path = find_scene(scene)
    width, height = parse_size(None, None, size)  # type: ignore[arg-type]
    for remark in perform(
        load_scene(path), path.parent, (width, height), end, seed, not no_window, lambda text: click.echo(text, err=True)
    ):
        click.echo(remark)
