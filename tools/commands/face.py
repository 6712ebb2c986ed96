"""`psi face`."""

from pathlib import Path

import click

from .options import HELP


@click.group("face", context_settings=HELP, no_args_is_help=False)
def command() -> None:
    """Bring in a head of your own, hand one out, inspect one, or build one from a recipe and CC0 sources.

    \b
    psi face import avatar.vrm -o mine.glb       any GLB or VRM with a face; then head = "mine.glb" in a persona
    psi face info mira
    psi face export mira -o mira.glb --plain     for any viewer
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


@command.command("import")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="GLB to write; left out, only the report is made.")
@click.option("--scale", type=click.FloatRange(1e-6, 1e3), metavar="M", help="Metres to a unit, where it cannot be told.")
def import_(source: Path, out: Path | None, scale: float | None) -> None:
    """Make a head of SOURCE: a GLB, a VRM (0 or 1), or a folder of OBJ files (a neutral mesh and one an expression).

    Shapes may have ARKit's names in any spelling (jawOpen, JawOpen, eyeBlink_L, Face.M_F00_JawOpen, mouthSmile), or be VRM
    expressions (aa, blink, happy). What is lacking is made of what is there; the report says how, and what was measured.

    \b
    psi face import avatar.vrm -o mine.glb
    psi face import FaceXModel/ -o ict.glb       the OBJ folder of ICT-FaceKit
    """
    from psi_ecs.systems.formats.glb import write_head
    from psi_ecs.systems.formats.safe import write_file
    from psi_ecs.tools.face.bring import bring

    head, report = bring(source, scale)
    for line in report.lines(head) if report else [f"{source}: is one of our own heads already"]:
        click.echo(line)
    if out is not None:
        write_file(out, write_head(head))
        click.echo(out)


@command.command("export")
@click.argument("head")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="GLB to write.")
@click.option("--plain", is_flag=True, help="Whole morph targets instead of sparse ones, for old readers; twice the size.")
def export(head: str, out: Path, plain: bool) -> None:
    """Write HEAD (a GLB or an asset's name) as a GLB for any viewer: eyes and head turn as nodes, shapes have ARKit's names."""
    from psi_ecs.systems.formats.glb import write_head
    from psi_ecs.systems.formats.safe import write_file
    from psi_ecs.systems.host import load_head

    write_file(out, write_head(load_head(head), plain))
    click.echo(out)


@command.command("info")
@click.argument("head")
def info(head: str) -> None:
    """List the parts of HEAD (a GLB or an asset's name) and how its lips and lids answer."""
    from psi_ecs.components.face import BLENDSHAPES, TONGUE
    from psi_ecs.systems.formats.importing import calibration
    from psi_ecs.systems.host import load_head

    found = load_head(head)
    for mesh in found.meshes:
        sizes = f"{len(mesh.position):6} vertices {len(mesh.triangle):6} triangles {len(mesh.delta):3} shapes"
        click.echo(f"{mesh.name:12} {mesh.material:8} {sizes}")
    shapes = {s for m in found.meshes for s in m.delta}
    missing = [s for s in BLENDSHAPES if s not in shapes]
    there = len(BLENDSHAPES) - len(missing)
    click.echo(f"{there} of {len(BLENDSHAPES)} blendshapes" + (f"; missing {', '.join(missing)}" if missing else ""))
    if tongue := [s for s in TONGUE if s in shapes]:
        click.echo(f"beside them {', '.join(tongue)}")
    for line in calibration(found.rig):
        click.echo(line)
