"""Scene files: found, read, checked; the schema that editors use says the same as the reader."""

import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from psi_ecs import AssetError
from psi_ecs.asset import package_folder
from psi_ecs.systems.formats.scene import find_scene, load_scene, scenes, schema, schema_text

ROOT = Path(__file__).parents[3]
SCENES = sorted((ROOT / "scenes").glob("*.toml"))
BASE = '[[avatar]]\nname = "mira"\n[[line]]\nwho = "mira"\ntext = "Hi."\n'
CUE = BASE + '[[cue]]\nwho = "mira"\n'


def valid(data: dict[str, Any]) -> bool:
    return jsonschema.Draft202012Validator(schema()).is_valid(data)


@pytest.mark.parametrize("path", SCENES, ids=lambda p: p.stem)
def test_every_scene_is_read_and_fits_the_schema(path: Path) -> None:
    assert load_scene(path).line
    jsonschema.Draft202012Validator(schema()).validate(tomllib.loads(path.read_text(encoding="utf-8")))
    assert path.stem in scenes() and find_scene(path.stem).name == path.name


def test_the_schema_is_one_and_the_kept_one_is_up_to_date() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    kept = package_folder("assets") / "schema" / "scene.schema.json"
    assert kept.read_text(encoding="utf-8") == schema_text(), "run: psi schema -o assets/schema/scene.schema.json"


def test_the_schema_explains_every_key() -> None:
    for name, part in schema()["$defs"].items():
        for key, spec in part["properties"].items():
            plain = key in ("avatar", "line", "cue", "kind", "framing", "preset", "strength", "background", "camera", "light")
            assert "description" in spec or plain, f"{name}.{key} has no docstring"


@pytest.mark.parametrize(
    "text",
    [
        "sed = 3\n" + BASE, BASE + "pause = -31\n", BASE + "at = -1\n", BASE + "emotion = 3\n", CUE + 'kind = "dance"\n',
        CUE + 'kind = "nod"\nstrength = 1.5\n', BASE + "[camera]\nfov = 0\n", "seed = -1\n" + BASE, 'title = "nobody"\n',
        BASE + '[light]\nbackground = "red"\n', BASE.replace('text = "Hi."', "text = 3"), BASE + "[camera]\ntarget = [1, 2]\n",
    ],
)  # fmt: skip
def test_reader_and_schema_refuse_the_same(text: str, tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text)
    assert not valid(tomllib.loads(text))
    with pytest.raises(AssetError):
        load_scene(path)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (BASE + '[[line]]\nwho = "mora"\ntext = "x"\n', 7, r"line 2: no avatar is called 'mora'; did you mean 'mira'\?"),
        (BASE + '[[line]]\nwho = "Xy"\ntext = "x"\n', 7, r"line 2: no avatar is called 'Xy'; use one of mira"),
        (BASE.replace("Hi.", " "), 5, r"line 1: the text is empty; write at least one word"),
        (BASE.replace("Hi.", "x" * 100_000), 5, r"line 1: the text has 100000 characters; .+ so split it"),
        (BASE + 'emotion = "hapy"\n', 6, r"line 1: no emotion is called 'hapy'; "),
        (BASE + "emotion = { joy = 7 }\n", 6, r"line 1: joy is 7; it must lie in 0 to 1"),
        (BASE + "emotion = { valence = -2 }\n", 6, r"line 1: valence is -2; it must lie in -1 to 1"),
        (BASE + '[[avatar]]\nname = "mira"\n', 7, r"two avatars are called 'mira'; rename one"),
        (BASE.replace('name = "mira"', 'name = " "'), 2, r"an avatar needs a name"),
        (BASE.replace('"mira"', '"a/b"'), 2, r"'a/b' cannot name an avatar; use up to 60 letters"),
        (BASE.replace('name = "mira"', 'name = "a\\nb"'), 2, r"'a\\nb' cannot name an avatar"),
        (BASE.replace('name = "mira"', 'name = "mira"\npersona = "mirra"'), 3, r"no persona 'mirra'; did you mean 'mira'\?"),
        (BASE.replace('name = "mira"', 'name = "mira"\npersona = "no/such.toml"'), 3, r".+such.toml: no such file"),
        (CUE + 'kind = "expression"\nname = "smirkk"\n', 9, r"cue 1: no expression 'smirkk'; did you mean 'smirk'\?"),
        (CUE + 'kind = "gaze"\nname = "Bob"\n', 9, r"cue 1: nobody to look at is called 'Bob'; use one of mira, camera"),
        (CUE + 'kind = "nod"\nline = 9\n', 9, r"cue 1: there is no line 9; lines are numbered from 1 to 1"),
        (BASE + "[camera]\nposition = [0, 0, 1]\ntarget = [0, 0, 1]\n", 8, r"the camera stands at its own target; move"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_names_and_texts_that_do_not_fit(text: str, line: int, message: str, tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text)
    with pytest.raises(AssetError) as error:
        load_scene(path)
    assert re.match(rf"{re.escape(str(path))}:{line}: {message}", str(error.value)), str(error.value)
    assert "\n" not in str(error.value)


def test_a_persona_beside_the_scene(tmp_path: Path) -> None:
    (tmp_path / "ada.toml").write_text('name = "Ada"\n')
    (tmp_path / "s.toml").write_text(BASE.replace('name = "mira"', 'name = "mira"\npersona = "ada.toml"'))
    assert load_scene(tmp_path / "s.toml").avatar[0].persona == "ada.toml"


def test_a_scene_that_is_not_there() -> None:
    with pytest.raises(AssetError, match=r"helo: there is no such scene; did you mean 'hello'\?"):
        find_scene("helo")
    with pytest.raises(AssetError, match=r"scenes that come along: .*hello"):
        find_scene("zzzzzz.toml")
    assert find_scene("scenes/hello.toml").is_file()
