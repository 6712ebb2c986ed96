"""Persona files: those that come along are good, and what is wrong in one is told with its line."""

import re
from pathlib import Path

import pytest

from psi_ecs import AssetError
from psi_ecs.components.avatar import Limit, Persona
from psi_ecs.systems.formats.persona import load_persona, persona_text, personas


@pytest.mark.parametrize("name", personas())
def test_every_persona_that_comes_along_is_good(name: str) -> None:
    persona = load_persona(name)
    assert 50 <= persona.voice.pitch <= 500 and persona.look.skin.startswith("#")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[voice]\npitch = 20", 3, "voice.pitch is 20; it must lie in 50 to 500"),
        ("[voice]\npitch = nan", 3, "voice.pitch is nan; give a finite number"),
        ("[manner]\nblink = -1", 3, "manner.blink is -1; it must lie in 0 to 60"),
        ("[voice]\npich = 200", 3, "unknown key 'pich' in voice; did you mean 'pitch'?"),
        ('head = "mirra"', 2, "head is 'mirra', and there is no such head; did you mean 'mira'?"),
        ("[manner.expression]\nmouthSmile = 0.1", 3, "manner.expression.mouthSmile is no known channel; did you mean"),
        ("[manner.expression]\njawOpen = 7.5", 3, "manner.expression.jawOpen is 7.5; it must lie in 0 to 1"),
        ("[mood]\nhappy = 1", 3, "mood.happy is no known feeling; "),
        ("[mood]\njoy = 3", 3, "mood.joy is 3; it must lie in -1 to 1"),
        ("[grammar]\n'head turn so far' = { most = 0.5 }", 3,
         "grammar.head turn so far cannot be: no constraint 'head turn so far'; did you mean 'head turns so far'?"),
        ("[grammar.'head turns so far']\nmost = nan", 3, "grammar.head turns so far.most is nan; give a finite number"),
        ("[grammar]\n'head turns so far' = { most = -2.0 }", 3,
         "grammar.head turns so far cannot be: 'head turns so far': least (-1.1) is above most (-2)"),
        ("[grammar]\n'formants 1 and 2 apart' = { most = 9 }", 3,
         "grammar.formants 1 and 2 apart cannot be: 'formants 1 and 2 apart' has no most to move"),
        ("[grammar]\n'lips sealed' = { most = 9 }", 3,
         "grammar.lips sealed cannot be: 'lips sealed' is the same for everybody"),
        ("[grammar]\n'no smile in a pucker' = { mots = 1 }", 2, "unknown key 'mots' in grammar; did you mean 'most'?"),
        ('[look]\nskin = "pink"', 3, "look.skin is 'pink'; write a colour as \"#rrggbb\""),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, message: str, tmp_path: Path) -> None:
    path = tmp_path / "ada.toml"
    path.write_text('name = "Ada"\n' + text + "\n")
    with pytest.raises(AssetError) as error:
        load_persona("ada.toml", tmp_path)
    assert re.match(re.escape(f"{path}:{line}: {message}"), str(error.value)), str(error.value)


@pytest.mark.parametrize(
    ("name", "message"), [("mirra", "did you mean 'mira'?"), ("../heads/mira", "or give the path"), ("", "there are")]
)
def test_a_persona_that_is_not_there(name: str, message: str) -> None:
    with pytest.raises(AssetError, match=re.escape(message)):
        load_persona(name)


@pytest.mark.parametrize("name", personas())
def test_a_persona_that_is_written_is_read_again(name: str, tmp_path: Path) -> None:
    persona = load_persona(name)
    (tmp_path / "again.toml").write_text(persona_text(persona), encoding="utf-8")
    assert load_persona("again.toml", tmp_path) == persona


def test_odd_names_and_bounds_are_written_too(tmp_path: Path) -> None:
    persona = Persona(name='Ada "ψ" \\', mood={"joy": 1e-9}, grammar={"head turns so far": Limit(least=-0.5)})
    (tmp_path / "again.toml").write_text(persona_text(persona), encoding="utf-8")
    assert load_persona("again.toml", tmp_path) == persona
