"""`psi bench`."""

from pathlib import Path

import click

from .options import HELP


@click.command("bench", context_settings=HELP)
@click.argument("names", nargs=-1)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="JSON file for the figures.")
def command(names: tuple[str, ...], out: Path | None) -> None:
    """Measure NAMES (all when left out), each beside its peers in the same run, and print the ratios.

    \b
    psi bench
    psi bench ecs -o figures.json
    """
    from psi_ecs.tools.bench import run

    run(list(names), out)
