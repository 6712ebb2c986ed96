"""Files of expressions: a commented one to start from, and edits that keep the comments at its head."""

from pathlib import Path

from psi_ecs import PsiError
from psi_ecs.components.expression import Expression
from psi_ecs.systems.formats.expression import expression_text, load_expression, parse_expression, units

STARTER = Expression(about="What it says.", onset=0.3, offset=0.5, units={"AU6": (0.3, 0.28), "AU12": (0.5, 0.46)})
"""A small smile."""


def head(name: str) -> str:
    """The comment that explains the keys."""
    listed = [f"# {unit:<5} {spec.name}" for unit, spec in units().items()]
    return "\n".join(
        (
            f"# {name}: an expression. See it with: psi expression preview {name}.toml",
            f"# Move it by hand with:                psi expression edit {name}.toml",
            f'# In a scene: a [[cue]] with kind = "expression" and name = "{name}.toml".',
            "#",
            "# onset, offset   seconds in which it comes and goes",
            "# apex, hold      seconds after which it sinks, and to what share; apex = 0 stays",
            '# blink, look, mouth = "none", "blend" or "block": what it does to blinks, gaze and the mouth of speech',
            "# [units]         FACS action units, 0 to 1, or [left, right] as the face has them:",
            *listed,
            "# [channels]      ARKit weights, and headYaw, headPitch, headRoll in radians",
            "# [[wave]]        what an oscillator of the field adds: of, times, phase, units, channels",
            "",
            "",
        )
    )


def new(name: str, base: str | None, out: Path) -> None:
    """Write a commented expression to start from: like another one, or a small smile. PsiError if the file is there."""
    if out.suffix != ".toml":
        raise PsiError(f"{out}: must end in .toml")
    if out.exists():
        raise PsiError(f"{out}: is there already; choose another name with -o")
    from psi_ecs.systems.formats.safe import write_file

    start = load_expression(base) if base else STARTER
    text = head(name) + expression_text(start)
    parse_expression(text, str(out))
    write_file(out, text)


def rewritten(text: str, e: Expression) -> str:
    """The file's text with another expression, the comments before its first key kept."""
    lines = text.splitlines()
    first = next((i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), len(lines))
    return "\n".join([*lines[:first], expression_text(e)])
