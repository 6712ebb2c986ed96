"""`psi bench`."""

from pathlib import Path

import click


@click.command("bench", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="JSON file for the figures.")
def command(names: tuple[str, ...], out: Path | None) -> None:
    """Measure NAMES (all when left out), each beside its peers in the same run, and print the ratios."""
    from psi_ecs.tools.bench import run

    run(list(names), out)
