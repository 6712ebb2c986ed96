"""`psi concepts`."""

from pathlib import Path

import click

from .options import HELP, moment, terminal

FILE = click.Path(path_type=Path)
SOURCE = click.argument("source", required=False)
KIND = click.Choice(["related", "is-a", "part-of", "opposite", "causes", "next"])


@click.group("concepts", context_settings=HELP, no_args_is_help=False)
def command() -> None:
    """See and edit what words mean to an avatar: concepts, and how they go together.

    SOURCE is a TOML file of your own, or the memory of a persona (NAME.psimem); the concepts that come along when left out.

    \b
    psi concepts list                                   all of them
    psi concepts show dog --to sea                      one, and the strongest way to another
    psi concepts link dog sea --weight 0.6 -o mine.toml add to a file of your own
    psi concepts plot -o concepts.png                   a picture of the graph
    psi concepts plot --scene dialogue -o talk.png      and what was awake in a scene, second by second
    psi concepts export -o mine.graphml                 for Gephi, yEd and others (or .json)
    psi concepts import mine.graphml -o mine.toml

    In a scene: concepts = "mine.toml" in an [[avatar]].
    """


@command.command("list")
@SOURCE
@click.option("--like", metavar="TEXT", help="Only those that mean the like, nearest first.")
def listed(source: str | None, like: str | None) -> None:
    """List the concepts of SOURCE: name, number of links, words, and how it was spoken of."""
    from psi_ecs.tools.concepts.net import opened_net
    from psi_ecs.tools.concepts.show import line, nearest

    net = opened_net(source)
    for name in nearest(net, like) if like else net.nodes:
        click.echo(line(net, name))


@command.command("show")
@click.argument("name")
@SOURCE
@click.option("--to", "end", metavar="NAME", help="The strongest way to this concept, too.")
def show(name: str, source: str | None, end: str | None) -> None:
    """Show concept NAME of SOURCE: its words, what it stirs, its links, and what means the like."""
    from psi_ecs.tools.concepts.net import opened_net
    from psi_ecs.tools.concepts.show import sheet

    for row in sheet(opened_net(source), name, end):
        click.echo(row)


@command.command("link")
@click.argument("a")
@click.argument("b")
@click.option("--kind", type=KIND, default="related", show_default=True, help="How A goes with B: A is-a B, A causes B.")
@click.option("--weight", type=click.FloatRange(0.0, 1.0), default=0.5, show_default=True)
@click.option("-o", "--out", type=FILE, required=True, help="TOML file of your own; it is made if there is none.")
def link(a: str, b: str, kind: str, weight: float, out: Path) -> None:
    """Link concept A to B in a file of your own; if A is in no file yet, it is made, with its name as its word."""
    from psi_ecs.systems.formats.safe import write_file
    from psi_ecs.tools.concepts.edit import linked

    write_file(out, linked(out, a, b, kind, weight).encode())
    click.echo(out)


@command.command("plot")
@SOURCE
@click.option("--scene", help="Play this scene, and show what was awake when.")
@click.option("--who", help="Avatar of the scene; the first when left out.")
@click.option("--to", "end", callback=moment, metavar="S", help="Stop the scene at this second.")
@click.option("--around", metavar="NAME", help="Only this concept and what is near.")
@click.option("-o", "--out", type=FILE, default="concepts.png", show_default=True, help="PNG to write.")
def plot(
    source: str | None, scene: str | None, who: str | None, end: float | None, around: str | None, out: Path
) -> None:
    """Draw the graph of SOURCE, or that of an avatar at the end of a scene beside the course of its concepts."""
    from psi_ecs.systems.formats.safe import write_file
    from psi_ecs.tools.concepts.plot import graph_picture, scene_picture
    from psi_ecs.tools.concepts.record import record

    if scene is None:
        from psi_ecs.tools.concepts.net import opened_net

        data = graph_picture(opened_net(source), around, f"Concepts of {source}" if source else "Concepts")
    else:
        with click.progressbar(length=1000, label="playing", file=terminal()) as bar:
            seen = record(scene, who, end, lambda share: bar.update(int(1000 * share) - bar.pos))
        data = scene_picture(seen, around)
    write_file(out, data)
    click.echo(out)


@command.command("export")
@SOURCE
@click.option("-o", "--out", type=FILE, required=True, help=".graphml, .json (node-link) or .toml")
def export(source: str | None, out: Path) -> None:
    """Write the graph of SOURCE for other programs."""
    from psi_ecs.systems.formats.safe import write_file
    from psi_ecs.tools.concepts.net import opened_net
    from psi_ecs.tools.concepts.network import written

    write_file(out, written(opened_net(source), out.suffix))
    click.echo(out)


@command.command("import")
@click.argument("file", type=FILE)
@click.option("-o", "--out", type=FILE, help="TOML to write. [FILE with .toml]")
def import_(file: Path, out: Path | None) -> None:
    """Make a TOML file of concepts from FILE, a .graphml or node-link .json."""
    from psi_ecs.systems.formats.safe import write_file
    from psi_ecs.tools.concepts.network import read, written

    out = out or file.with_suffix(".toml")
    write_file(out, written(read(file), ".toml"))
    click.echo(out)
