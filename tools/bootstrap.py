"""One command from a bare checkout to a running tool: `python3 tools/bootstrap.py COMMAND [ARGUMENT...]`.

    python3 tools/bootstrap.py psi render scenes/hello.toml -o out/hello.mp4
    python3 tools/bootstrap.py pytest

Uses the active virtual environment, else makes .venv in the checkout; installs the project there when pyproject.toml has
changed since the last time; on Debian and Ubuntu installs Mesa's software OpenGL where it has the rights; then runs COMMAND
of that environment and exits with its code. Standard library only.
"""

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 11), (3, 13)
MESA = ("libegl1", "libegl-mesa0", "libgl1", "libgl1-mesa-dri", "libglx-mesa0", "libopengl0")
WINDOWS = os.name == "nt"


def note(text: str) -> None:
    """Say something on standard error."""
    print("bootstrap: " + text, file=sys.stderr, flush=True)


def stop(text: str) -> None:
    """End with one line."""
    note(text)
    sys.exit(1)


def right_python() -> None:
    """Go on only under a Python that every dependency has wheels for; look for another one on PATH if this is not."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other and works(Path(other)):
            sys.exit(subprocess.call([other, *sys.argv]))
    stop(f"Python 3.11, 3.12 or 3.13 is needed, this is {platform.python_version()}; run it with one of those, e.g. python3.12")


def environment() -> Path:
    """The Python of the active virtual environment, or of .venv in the checkout, made if need be."""
    if sys.prefix != sys.base_prefix:
        return Path(sys.executable)
    folder = ROOT / ".venv"
    python = folder / ("Scripts/python.exe" if WINDOWS else "bin/python")
    if not works(python):
        if importlib.util.find_spec("ensurepip") is None:
            package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
            if not apt_install([package]):
                stop(
                    f"this Python cannot make virtual environments; install {package} (apt-get install {package}) and run again"
                )
        note(f"making {folder}")
        if subprocess.call([sys.executable, "-m", "venv", "--clear", str(folder)]) != 0:
            stop(f"could not make {folder}; make a virtual environment by hand, activate it and run again")
    return python


def works(python: Path) -> bool:
    """True if this is a Python that runs, of a version that we support."""
    check = f"import sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    return python.exists() and subprocess.call([str(python), "-c", check], stderr=subprocess.DEVNULL) == 0


def install(python: Path, extra: str) -> None:
    """Install the checkout with an optional extra, unless the same was done before."""
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode()).hexdigest()
    prefix = subprocess.check_output([str(python), "-c", "import sys; print(sys.prefix)"], text=True).strip()
    stamp = Path(prefix) / "psi-ecs.stamp"
    done = stamp.read_text().split() if stamp.exists() else []
    if done[:1] == [digest] and extra in [*done[1:], ""]:
        return
    note("installing ψ-ECS and what it needs" + (f" [{extra}]" if extra else "") + " (a few minutes the first time)")
    pip = [str(python), "-m", "pip"]
    if subprocess.call([*pip, "--version"], stdout=subprocess.DEVNULL) != 0:
        subprocess.call([str(python), "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
    what = str(ROOT) + (f"[{extra}]" if extra else "")
    if subprocess.call([*pip, "install", "--quiet", "--disable-pip-version-check", "-e", what]) != 0:
        stop(f"pip could not install the project (see above); check the network, or run: {python} -m pip install -e '{what}'")
    kept = done[1:] if done[:1] == [digest] else []
    stamp.write_text("\n".join([digest, *kept, extra]) + "\n")


def mesa() -> None:
    """Install Mesa's EGL, or name it: without it nothing can be drawn where there is no screen."""
    if not sys.platform.startswith("linux"):
        return
    if shutil.which("dpkg-query") is None:
        if not list(Path("/usr").glob("lib*/**/libEGL.so.1")):
            note("no libEGL: pictures need Mesa's EGL and OpenGL libraries (sound, captions and animation do not)")
        return
    lacking = [name for name in MESA if not installed(name)]
    if lacking and not apt_install(lacking):
        note(
            "pictures need: apt-get install " + " ".join(lacking) + " (sound, captions and animation do not); going on without"
        )


def installed(package: str) -> bool:
    """True if a Debian package is installed."""
    query = ["dpkg-query", "-W", "-f=${Status}", package]
    return "install ok installed" in subprocess.run(query, capture_output=True, text=True, check=False).stdout


def apt_install(packages: "list[str]") -> bool:
    """Install Debian packages if we may; False if we may not or it failed."""
    if shutil.which("apt-get") is None:
        return False
    rights = []
    if os.geteuid() != 0:
        if shutil.which("sudo") is None or subprocess.call(["sudo", "-n", "true"], stderr=subprocess.DEVNULL) != 0:
            return False
        rights = ["sudo", "-n"]
    note("apt-get install " + " ".join(packages))
    options = ["-qq", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20", "-o", "DPkg::Lock::Timeout=120"]
    apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *options]
    subprocess.call([*apt, "update"], stdout=subprocess.DEVNULL)  # may fail for one source and still do for the others
    return subprocess.call([*apt, "install", "-y", "--no-install-recommends", *packages], stdout=subprocess.DEVNULL) == 0


def main() -> int:
    """Set up, then become the command."""
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    right_python()
    name, arguments = sys.argv[1], sys.argv[2:]
    python = environment()
    install(python, "" if name == "psi" else "dev")
    mesa()
    folder = python.parent
    command = folder / (name + ".exe" if WINDOWS else name)
    if not command.exists():
        stop(f"no command {name!r} in {folder}; try psi or pytest")
    os.environ["PATH"] = str(folder) + os.pathsep + os.environ.get("PATH", "")
    if WINDOWS:
        return subprocess.call([str(command), *arguments])
    os.execv(command, [str(command), *arguments])


if __name__ == "__main__":
    sys.exit(main())
