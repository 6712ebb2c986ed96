"""Public names: what `__all__` says is what is there."""

import importlib
from types import ModuleType

import pytest


def public(module: ModuleType) -> set[str]:
    """Names of a module that are neither private nor modules."""
    return {n for n, value in vars(module).items() if not n.startswith("_") and not isinstance(value, ModuleType)}


@pytest.mark.parametrize("name", ["psi_ecs", "psi_ecs.backend"])
def test_all_is_exact(name: str) -> None:
    """Nothing is exported by accident, nothing promised is missing. That the list is sorted is ruff's to check."""
    module = importlib.import_module(name)
    assert len(module.__all__) == len(set(module.__all__))
    assert set(module.__all__) == public(module)


@pytest.mark.parametrize("name", ["psi_ecs", "psi_ecs.backend"])
def test_everything_public_is_described(name: str) -> None:
    module = importlib.import_module(name)
    for each in module.__all__:
        value = getattr(module, each)
        if isinstance(value, type) or callable(value):
            assert value.__doc__, f"{name}.{each} has no docstring"


def test_version_is_the_packages() -> None:
    import tomllib
    from pathlib import Path

    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    changelog = (Path(__file__).parents[1] / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{project['version']}]" in changelog
