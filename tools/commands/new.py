"""`psi new`."""

import os
import re
from pathlib import Path

import click

from .options import HELP

SCENE = """#:schema {schema}
title = "{name}"
seed = 1

[camera]
framing = "portrait"          # close, portrait, bust or group

[[avatar]]
name = "mira"                 # the persona of that name; or persona = "path/to/persona.toml"

[[line]]
who = "mira"
text = "Hello. This is {name}, and these are my first words."

[[line]]
who = "mira"
text = "You can write [joy] with feeling! [/] Or leave a pause [pause 0.5] like this."
emotion = "calm"
pause = 0.6                   # seconds after the line before

[[cue]]
who = "mira"
kind = "nod"                  # expression, micro, gaze, nod, shake, tilt, wink, blink, listen, read or think
line = 1
at = 0.2                      # seconds after that line begins
"""
PERSONA = """name = "{name}"
head = "mira"                 # mira, theo, olmo, or the path of a GLB (see psi face import)

[voice]
asset = "kathleen"            # learned from a person; "formant" speaks by rules
pitch = 190.0                 # Hz
span = 1.0                    # pitch movement, 0 to 2
rate = 1.0                    # speed, 0.5 to 2
tract = 1.0                   # 0.85 sounds like a man, 1.1 like a child

[manner]
blink = 17.0                  # a minute
gesture = 1.0                 # head and brow movement with speech

[look]
skin = "#d9a48a"
hair = "#3a2a20"
iris = "#5b7a8c"
cloth = "#3b5a73"

[[habit]]
on = "question"               # or exclamation, statement, or a concept such as joke or thanks
show = "tilt"                 # a movement, or an expression: psi expression list
at = "end"                    # of such sentences, or start
"""


@click.command("new", context_settings=HELP)
@click.argument("kind", type=click.Choice(["scene", "persona"]))
@click.argument("name")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="File to write. [NAME.toml]")
def command(kind: str, name: str, out: Path | None) -> None:
    """Write a scene or persona called NAME to start from.

    \b
    psi new scene visit                 writes visit.toml; then: psi render visit.toml
    psi new persona Ada -o people/ada.toml
    """
    from psi_ecs import PsiError
    from psi_ecs.systems.formats.safe import write_file

    if not re.fullmatch(r"[\w -]{1,60}", name) or not name.strip():
        raise PsiError(f"{name!r} is no good name; use letters, digits, spaces, - and _")
    path = out or Path(f"{name.replace(' ', '_')}.toml")
    if path.exists():
        raise PsiError(f"{path}: is there already; choose another name with -o")
    write_file(path, (SCENE if kind == "scene" else PERSONA).format(name=name, schema=_schema(path)))
    click.echo(path)


def _schema(path: Path) -> str:
    """The schema that came along, as seen from the file; as a URI where there is no such way (another drive)."""
    from psi_ecs.asset import package_folder

    schema = package_folder("assets") / "schema" / "scene.schema.json"
    try:
        return Path(os.path.relpath(schema, path.resolve().parent)).as_posix()
    except ValueError:
        return schema.as_uri()
