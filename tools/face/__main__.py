"""Command line of the head builder."""

import argparse
import sys
from pathlib import Path

from psi_ecs import PsiError

from .build import build


def main() -> None:
    """Bake the named heads."""
    parser = argparse.ArgumentParser(
        prog="python -m psi_ecs.tools.face", description="Bake heads from recipes and CC0 sources."
    )
    parser.add_argument("name", nargs="+", help="recipe name below assets/heads, or the path of a recipe TOML")
    parser.add_argument("--source", type=Path, help="data folder of an unpacked source package")
    parser.add_argument("-o", "--out", type=Path, help="GLB to write (one recipe only)")
    given = parser.parse_args()
    for name in given.name:
        recipe = Path(name) if name.endswith(".toml") else None
        try:
            print(build(Path(name).stem, recipe, given.out, given.source))
        except PsiError as why:
            sys.exit(f"error: {why}")


if __name__ == "__main__":
    main()
