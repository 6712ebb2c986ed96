"""`psi bench`."""

from pathlib import Path

import click

from .options import HELP


@click.command("bench", context_settings=HELP)
@click.argument("names", nargs=-1)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="JSON file for the figures.")
@click.option(
    "--entries", type=click.IntRange(1000, 10_000_000), help="How many a memory has, for the case `memory`. [100000]"
)
def command(names: tuple[str, ...], out: Path | None, entries: int | None) -> None:
    """Measure NAMES (all when left out), each beside its peers in the same run, and print the ratios.

    \b
    psi bench
    psi bench ecs -o figures.json
    psi bench memory --entries 1000000      about twenty minutes: most of it is what the peers need
    """
    from psi_ecs.tools.bench import run

    run(list(names), out, entries)
