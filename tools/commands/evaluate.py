"""`psi eval`."""

from pathlib import Path

import click

from .options import HELP


@click.command("eval", context_settings=HELP)
@click.option(
    "--texts", type=click.Path(path_type=Path), help="File with lines id<TAB>text; the project's own sentences when left out."
)
@click.option("--persona", default="mira", show_default=True, help="Who speaks.")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="JSON file for the figures.")
def command(texts: Path | None, persona: str, out: Path | None) -> None:
    """Measure lip closures, tooth contacts, jaw order and the lead of mouth over sound, on the mesh, over spoken sentences.

    \b
    psi eval
    psi eval --texts sentences.tsv --persona theo -o figures.json
    """
    from psi_ecs.tools.evaluate import run

    run(texts, persona, out)
