"""`psi face`."""

from pathlib import Path

import click

from .options import HELP


@click.group("face", context_settings=HELP, no_args_is_help=False)
def command() -> None:
    """Build a head from a recipe and CC0 sources, or inspect a GLB.

    \b
    psi face info mira
    psi face build assets/heads/mira.toml -o mira.glb
    """


@command.command("build")
@click.argument("recipe")
@click.option(
    "--source", type=click.Path(path_type=Path), help="Data folder of an unpacked source package; downloaded when left out."
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="GLB to write; beside the recipe when left out.")
def build(recipe: str, source: Path | None, out: Path | None) -> None:
    """Bake RECIPE, a TOML file or the name of one in assets/heads."""
    from psi_ecs.tools.face.build import build as bake

    path = Path(recipe) if recipe.endswith(".toml") else None
    click.echo(bake(Path(recipe).stem, path, out, source))


@command.command("info")
@click.argument("head")
def info(head: str) -> None:
    """List the parts of HEAD (a GLB or an asset's name) and how its lips and lids answer."""
    import numpy as np

    from psi_ecs.components.face import BLENDSHAPES
    from psi_ecs.systems.host import load_head

    found = load_head(head)
    for mesh in found.meshes:
        sizes = f"{len(mesh.position):6} vertices {len(mesh.triangle):6} triangles {len(mesh.delta):3} shapes"
        click.echo(f"{mesh.name:12} {mesh.material:8} {sizes}")
    shapes = {s for m in found.meshes for s in m.delta}
    missing = [s for s in BLENDSHAPES if s not in shapes]
    click.echo(f"{len(shapes)} of {len(BLENDSHAPES)} blendshapes" + (f"; missing {', '.join(missing)}" if missing else ""))
    for text, pose in (
        ("rest", {}),
        ("jawOpen", {"jawOpen": 1.0}),
        ("jawOpen + mouthClose", {"jawOpen": 1.0, "mouthClose": 1.0}),
    ):
        w = np.array([1.0, *(pose.get(s, 0.0) for s in BLENDSHAPES)])
        click.echo(f"lip gap at {text}: {float(found.rig['lip_gap'][0] @ w):.1f} mm")
