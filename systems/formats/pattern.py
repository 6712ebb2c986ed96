"""Pattern assets: read, checked, listed and written."""

from pathlib import Path

from psi_ecs import AssetError
from psi_ecs.asset import package_folder
from psi_ecs.components.oscillator import OUTSIDE, Role
from psi_ecs.components.pattern import Pattern

from .toml import asset_file, index, line_of, parse_toml, read_text

ROLES = [r.name.lower() for r in Role]
BOUNDS = (("phase", -1.0, 1.0), ("amp", 0.0, 100.0), ("shift", -12_000.0, 12_000.0))
HEAD = "# A pattern of the field: where its oscillators were (cycles), how strong, how far from their usual frequency (Hz).\n"


def patterns(folder: Path | None = None) -> list[Path]:
    """Pattern files of a folder; without one, those that come along."""
    return sorted((folder or package_folder("assets") / "patterns").glob("*.toml"))


def load_pattern(name: str, base: Path | None = None) -> Pattern:
    """A pattern that comes along by its name, or by the path of a TOML file (relative to `base`). AssetError in one line if it
    cannot be used."""
    path = asset_file("patterns", "pattern", name, base)
    return parse_pattern(read_text(path), str(path))


def parse_pattern(text: str, where: str) -> Pattern:
    """A pattern from the text of its file. AssetError in one line that names the file, line and remedy."""
    pattern = parse_toml(text, Pattern, where)
    if not pattern.state:
        raise AssetError(f"{where}: [state] is empty; name at least one oscillator")
    for name, state in pattern.state.items():
        at = f"{where}:{line_of(text, f'state.{name}') or 1}"
        index(name, ROLES, at, "role")
        for key, low, high in BOUNDS:
            if not low <= getattr(state, key) <= high:
                raise AssetError(f"{at}: {key} of {name} is {getattr(state, key):g}; give a number from {low:g} to {high:g}")
    for i, tie in enumerate(pattern.coupling):
        at = f"{where}:{line_of(text, f'coupling[{i}].pulled') or 1}"
        if Role(index(tie.pulled, ROLES, at, "role")) in OUTSIDE:
            raise AssetError(f"{at}: {tie.pulled} is set by the score and cannot be pulled; take the entry out")
        if index(tie.by, ROLES, at, "role") == ROLES.index(tie.pulled):
            raise AssetError(f"{at}: {tie.pulled} cannot pull itself; name another role")
    return pattern


def fitting(pattern: Pattern) -> Pattern:
    """The pattern, as it would be read from its file. AssetError in one line if that could not be used."""
    return parse_pattern(pattern_text(pattern), f"pattern {pattern.name!r}")


def pattern_text(pattern: Pattern) -> str:
    """The file of a pattern. AssetError if its name cannot be written."""
    name = pattern.name
    if not name.strip() or not name.isprintable() or len(name) > 60 or set(name) & set('"\\'):
        raise AssetError(f"{name[:60]!r} cannot name a pattern; use 1 to 60 letters")
    out = f'{HEAD}name = "{name}"\n\n[state]\n'
    for role, s in pattern.state.items():
        out += f"{role} = {{ phase = {s.phase % 1.0:.4f}, amp = {s.amp:.4f}, shift = {s.shift:.5f} }}\n"
    if pattern.coupling:
        out += "\n# What turned together came to pull each other.\n"
    for t in pattern.coupling:
        ratio = "" if t.ratio == (1, 1) else f"ratio = [{t.ratio[0]}, {t.ratio[1]}]\n"
        out += f'[[coupling]]\npulled = "{t.pulled}"\nby = "{t.by}"\ngain = {t.gain:.3f}\nlag = {t.lag:.4f}\n{ratio}\n'
    return out.rstrip("\n") + "\n"
