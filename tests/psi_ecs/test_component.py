"""Declaring components: what is written, what is refused."""

import json

import numpy as np
import pytest

import psi_ecs
from psi_ecs import Col, PsiError, Tag, component, f32, field, i32, relation, u64
from psi_ecs.column import NOBODY, REGISTRY, TAGS, fields, schema


@component
class PartJaw:
    """A jaw."""

    angle: Col[f32] = field(unit="deg", low=0.0, high=35.0, default=2.0, doc="Opening.")
    teeth: Col[i32] = field(shape=(2, 3))
    of: Col[u64] = field(entity=True)
    plain: Col[i32] = 4  # type: ignore[assignment]


def test_fields_are_described() -> None:
    found = fields(PartJaw)
    assert list(found) == ["angle", "teeth", "of", "plain"]
    angle = found["angle"]
    assert (angle.unit, angle.low, angle.high, angle.default, angle.doc) == ("deg", 0.0, 35.0, 2.0, "Opening.")
    assert angle.dtype == np.float32 and found["teeth"].shape == (2, 3) and found["plain"].default == 4
    assert found["of"].default == NOBODY and not psi_ecs.World().alive(NOBODY)
    assert REGISTRY["PartJaw"] is PartJaw


def test_values_are_given_by_place_or_name_and_can_be_read() -> None:
    jaw = PartJaw(1.0, plain=[1, 2])
    assert (jaw.angle, jaw.plain, jaw.of) == (1.0, [1, 2], NOBODY)
    jaw.angle = 5.0
    assert jaw.angle == 5.0 and PartJaw().angle == 2.0
    for wrong in ((lambda: PartJaw(angel=1.0)), (lambda: PartJaw(1, 2, 3, 4, 5))):
        with pytest.raises(TypeError, match="PartJaw has the fields angle, teeth, of, plain"):
            wrong()


def test_names_are_unique_among_components_and_among_tags() -> None:
    twin = {"__annotations__": {"x": Col[f32]}, "__module__": "elsewhere"}
    with pytest.raises(PsiError, match=r"two components are called PartJaw \(.*test_component, elsewhere\); rename one"):
        component(type("PartJaw", (), twin))
    with pytest.raises(PsiError, match="two components are called PartJaw"):
        relation()(type("PartJaw", (), twin))
    with pytest.raises(PsiError, match="two tags are called Disabled"):
        type("Disabled", (Tag,), {"__module__": "elsewhere"})
    assert REGISTRY["PartJaw"] is PartJaw and TAGS["Disabled"] is psi_ecs.Disabled


def test_entity_fields_are_u64() -> None:
    with pytest.raises(PsiError, match=r"PartOdd\.of holds entities, so it must be Col\[u64\]"):
        component(type("PartOdd", (), {"__annotations__": {"of": Col[i32]}, "of": field(entity=True)}))


def test_what_is_no_component_says_so() -> None:
    with pytest.raises(PsiError, match="str is not a component; decorate it with @component"):
        psi_ecs.World().spawn(1, "word")


def test_the_schema_follows_names_types_shapes_and_version() -> None:
    def declared(version: int = 1, **columns: tuple[type, tuple[int, ...]]) -> str:
        body = {n: field(shape=shape) for n, (_, shape) in columns.items()}
        body |= {"__annotations__": {n: Col[t] for n, (t, _) in columns.items()}, "__module__": __name__}  # type: ignore[dict-item]
        return schema(component(version=version)(type("PartSchema", (), body)))

    base = declared(x=(f32, ()))
    assert base == declared(x=(f32, ()))
    others = [declared(y=(f32, ())), declared(x=(i32, ())), declared(x=(f32, (2,))), declared(2, x=(f32, ())), declared()]
    assert len({base, *others}) == 6


def test_no_module_of_the_engine_has_a_public_name() -> None:
    """`from psi_ecs import component` would find the module, were there one of that name."""
    from pathlib import Path

    modules = {p.stem for p in Path(psi_ecs.__file__).parent.iterdir()}
    assert not modules & set(psi_ecs.__all__)


def test_importing_the_command_line_brings_in_no_numpy() -> None:
    import subprocess
    import sys

    script = "import sys, json, psi_ecs.tools.cli; print(json.dumps([m for m in ('numpy', 'msgspec') if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="psi_ecs has no 'Apple'"):
        _ = psi_ecs.Apple  # type: ignore[attr-defined]
    with pytest.raises(ImportError):
        from psi_ecs import Apple  # type: ignore[attr-defined]  # noqa: F401
