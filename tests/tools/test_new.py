"""`psi new`: what it writes is good from the first moment."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from psi_ecs import PsiError
from psi_ecs.asset import package_folder
from psi_ecs.components.avatar import Look, Manner, VoiceStyle
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.tools.cli import psi
from psi_ecs.tools.proof import read_scene


def new(*arguments: str) -> str:
    done = CliRunner().invoke(psi, ["new", *arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output.strip()


def test_a_new_scene_renders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert new("scene", "First visit") == "First_visit.toml"
    scene, path = read_scene("First_visit.toml")
    assert scene.title == "First visit" and len(scene.line) == 2 and scene.cue[0].kind == "nod"
    done = CliRunner().invoke(psi, ["render", str(path), "-o", "a.wav", "--to", "0.6"])
    assert done.exit_code == 0 and (tmp_path / "a.wav").stat().st_size == 44 + 2 * 14_400


def test_a_new_scene_names_the_schema_for_editors(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "s.toml"
    new("scene", "s", "-o", str(path))
    named = re.match(r"#:schema (\S+)\n", path.read_text())
    assert named is not None
    schema = package_folder("assets") / "schema" / "scene.schema.json"
    assert named[1].startswith("file:") or (path.parent / named[1]).resolve() == schema.resolve()


def test_a_new_persona_speaks(tmp_path: Path) -> None:
    path = tmp_path / "ada.toml"
    new("persona", "Ada", "-o", str(path))
    assert load_persona(str(path)).name == "Ada"
    tables = tomllib.loads(path.read_text())
    assert set(tables["voice"]) <= set(VoiceStyle.__struct_fields__) and set(tables["look"]) <= set(Look.__struct_fields__)
    assert set(tables["manner"]) <= set(Manner.__struct_fields__)
    out = tmp_path / "hi.wav"
    assert CliRunner().invoke(psi, ["say", "Hi.", "--persona", str(path), "-o", str(out)]).exit_code == 0 and out.is_file()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("mine")
    with pytest.raises(PsiError, match="is there already; choose another name with -o"):
        new("scene", "s", "-o", str(path))
    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["a/b", "", " ", 'a"b', "x" * 61, "a\nb"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(PsiError, match="is no good name; use letters"):
        new("scene", name)
