"""`psi eval`."""

from pathlib import Path

import click


@click.command("eval", context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--texts", type=click.Path(path_type=Path), help="File with lines id<TAB>text; the project's own sentences when left out."
)
@click.option("--persona", default="mira", show_default=True, help="Who speaks.")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="JSON file for the figures.")
def command(texts: Path | None, persona: str, out: Path | None) -> None:
    """Measure lip closures, tooth contacts, jaw order and the lead of mouth over sound, on the mesh, over spoken sentences."""
    from psi_ecs.tools.evaluate import run

    run(texts, persona, out)
