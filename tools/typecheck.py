"""Check the types with mypy (strict) and pyright: `python tools/typecheck.py`.

In the checkout the folders lie side by side, while their import names are `psi_ecs.components` and so on. The checkers are
shown that through .typing/psi_ecs, a folder of links that is not under version control.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("components", "systems", "tools")


def link_farm() -> Path:
    """Make .typing/psi_ecs anew: a link to each module of the engine and to each folder beside it."""
    farm = ROOT / ".typing" / "psi_ecs"
    shutil.rmtree(farm, ignore_errors=True)
    farm.mkdir(parents=True)
    modules = [path for path in (ROOT / "psi_ecs").iterdir() if path.name != "__pycache__"]
    for source in (*modules, *(ROOT / name for name in FOLDERS)):
        try:
            (farm / source.name).symlink_to(source, target_is_directory=source.is_dir())
        except OSError:  # Windows without the right to make links
            (shutil.copytree if source.is_dir() else shutil.copy)(source, farm / source.name)
    return farm.parent


def main() -> int:
    """Run both; exit code 0 if both are content."""
    link_farm()
    commands = (["mypy", "-p", "psi_ecs"], ["pyright", "--pythonpath", sys.executable])
    codes = [subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode for command in commands]
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
