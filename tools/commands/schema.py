"""`psi schema`."""

from pathlib import Path

import click

from .options import HELP


@click.command("schema", context_settings=HELP)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="File to write instead of printing.")
def command(out: Path | None) -> None:
    """Print the JSON Schema of scene files; editors use it to complete and check what you write.

    The schema comes along as assets/schema/scene.schema.json; a scene names it in its first line, as `psi new` writes it.

    \b
    psi schema
    psi schema -o scene.schema.json
    """
    from psi_ecs.systems.formats.safe import write_file
    from psi_ecs.systems.formats.scene import schema_text

    if out is None:
        click.echo(schema_text(), nl=False)
    else:
        write_file(out, schema_text())
        click.echo(out)
