"""What this machine can do."""

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from psi_ecs.systems.output.draw import available
from psi_ecs.systems.output.openal import device_name

Check = tuple[str, bool, str]


def checks() -> list[Check]:
    """(name, good, what was found or what to do)."""
    return [_python(), _package("numpy", "numpy"), _taichi(), _film(), _picture(), _window(), _sound(), _espeak()]


def _python() -> Check:
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return "python", good, text if good else f"{text}; use 3.11 to 3.13"


def _package(name: str, package: str) -> Check:
    try:
        return name, True, version(package)
    except PackageNotFoundError:
        return name, False, f"not installed: pip install {package}"


def _taichi() -> Check:
    if find_spec("taichi") is None:
        return "taichi", False, "not installed (it has no wheel for some machines); NumPy kernels are used"
    return "taichi", True, f"{version('taichi')}; choose with psi --arch"


def _film() -> Check:
    name, good, text = _package("film", "av")
    return name, good, f"PyAV {text}" if good else text


def _picture() -> Check:
    why = available(headless=True)
    return "picture", why is None, why or "draws without a screen"


def _window() -> Check:
    why = available(headless=False)
    return "window", why is None, why or "there is a screen"


def _sound() -> Check:
    name, why = device_name()
    return "sound", name is not None, name or why


def _espeak() -> Check:
    good = find_spec("espeakng_loader") is not None
    return "espeak", good, "other languages" if good else "optional: pip install 'psi-ecs[espeak]' (GPL-3) for other languages"
